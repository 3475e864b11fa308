import { parseArgs } from 'node:util';

const USAGE = `npm run bench -- [--only NAME]… [--quick] [--json] [--rounds N] [--profile NAME]

  --only NAME      only this scenario; may be given more than once
  --quick          smaller and shorter: the whole run takes less than two minutes
  --json           prints one line: an array with one object a scenario
  --rounds N       rounds of each contestant (5, with --quick 2)
  --profile NAME   writes a CPU profile of ours in this scenario, and prints where the time goes
`;

/** What cannot be done, with what can be. */
export class ArgumentError extends Error {}

/** @throws ArgumentError that lists what is right */
export function readArguments(argv, names) {
  const values = parsed(argv);
  const known = (name) => {
    if (!names.includes(name)) throw new ArgumentError(`there is no scenario "${name}": they are ${names.join(', ')}`);
    return name;
  };
  const rounds = String(values.rounds ?? (values.quick ? 2 : 5));
  if (!/^[1-9]\d{0,2}$/.test(rounds)) throw new ArgumentError(`--rounds is a number from 1 to 999, not "${rounds}"`);
  return {
    quick: values.quick,
    json: values.json,
    help: values.help ? USAGE : null,
    rounds: Number(rounds),
    only: values.only?.map(known) ?? null,
    profile: values.profile === undefined ? null : known(values.profile),
  };
}

function parsed(argv) {
  const flag = { type: 'boolean', default: false };
  const options = {
    quick: flag,
    json: flag,
    help: flag,
    rounds: { type: 'string' },
    only: { type: 'string', multiple: true },
    profile: { type: 'string' },
  };
  try {
    return parseArgs({ args: argv, options }).values;
  } catch (error) {
    throw new ArgumentError(`${error.message}\n\n${USAGE}`);
  }
}
