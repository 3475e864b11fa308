import { Contest } from './contest.mjs';
import { failedResult, resultOf } from './result.mjs';
import { scenarioFor } from './scenario.mjs';

/**
 * Runs scenarios. Those about rates stand side by side and have their rounds in turn, so that those of each are more than a minute apart: what
 * others do on the machine for a minute concerns one or two of them, and not a whole scenario. All others have the machine to
 * themselves, one after the other.
 *
 * @returns the results in the order of the scenarios, and the profiles by the name of the scenario
 */
export async function measureAll(definitions, settings, tell) {
  const scenarios = definitions.map((definition) => scenarioFor(definition, settings));
  const abreast = scenarios.filter(({ rates }) => rates);
  const alone = scenarios.filter(({ rates }) => !rates).map((scenario) => [scenario]);
  const outcomes = new Map();
  for (const group of [abreast, ...alone]) {
    const runs = group.map((scenario) => new Run(scenario, settings, tell));
    for (const run of runs) await run.open();
    for (let round = 0; round < settings.rounds; round += 1) for (const run of runs) await run.round(round);
    for (const run of runs) outcomes.set(run.name, await run.end());
  }
  const inOrder = scenarios.map(({ name }) => [name, outcomes.get(name)]);
  return {
    results: inOrder.map(([, { result }]) => result),
    profiles: new Map(inOrder.filter(([, { profile }]) => profile).map(([name, { profile }]) => [name, profile])),
  };
}

/** One scenario, which may fail without harm to the others. */
class Run {
  #scenario;
  #settings;
  #tell;
  #contest;
  #error = null;

  constructor(scenario, settings, tell) {
    this.#scenario = scenario;
    this.#settings = settings;
    this.#tell = tell;
    this.#contest = new Contest(scenario, tell);
  }

  get name() {
    return this.#scenario.name;
  }

  open() {
    return this.#unlessFailed(() => this.#contest.open(this.#settings));
  }

  async round(index) {
    if (index < (this.#scenario.rounds ?? Infinity)) await this.#unlessFailed(() => this.#contest.round(index));
  }

  /** @returns what came of it, and with `profiled` a profile, where the scenario wants one */
  async end() {
    const { profiled = false } = this.#scenario;
    let profile;
    if (this.#settings.profiled && profiled)
      await this.#unlessFailed(async () => (profile = await this.#contest.profile()));
    await this.#contest.close();
    if (this.#error !== null) return { result: failedResult(this.#scenario, this.#error) };
    return { result: resultOf(this.#scenario, this.#contest.rounds), profile };
  }

  async #unlessFailed(work) {
    if (this.#error !== null) return;
    try {
      await work();
    } catch (error) {
      this.#tell(error.stack);
      process.exitCode = 1;
      this.#error = error;
    }
  }
}
