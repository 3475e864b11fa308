/**
 * Compiles contracts/*.sol into artifacts/*.json (abi and bytecode). Run it by hand after changing a contract:
 *   node apps/devnet/compile.mjs
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import solc from 'solc';

const require = createRequire(import.meta.url);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const sources = {};
for (const file of readdirSync(here('contracts'))) {
  sources[file] = { content: readFileSync(here(`contracts/${file}`), 'utf8') };
}

const input = {
  language: 'Solidity',
  sources,
  settings: {
    evmVersion: 'cancun',
    optimizer: { enabled: true, runs: 1 },
    metadata: { bytecodeHash: 'none', appendCBOR: false },
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
  },
};
const output = JSON.parse(
  solc.compile(JSON.stringify(input), {
    import: (path) => ({ contents: readFileSync(require.resolve(path), 'utf8') }),
  }),
);
for (const problem of output.errors ?? []) console.error(problem.formattedMessage);
if ((output.errors ?? []).some((problem) => problem.severity === 'error')) process.exit(1);

for (const old of readdirSync(here('artifacts'))) rmSync(here(`artifacts/${old}`));
for (const file of Object.keys(sources)) {
  for (const [name, contract] of Object.entries(output.contracts[file])) {
    const artifact = { abi: contract.abi, bytecode: `0x${contract.evm.bytecode.object}` };
    writeFileSync(here(`artifacts/${name}.json`), `${JSON.stringify(artifact)}\n`);
    console.log(`${name}: ${contract.evm.bytecode.object.length / 2} bytes`);
  }
}
