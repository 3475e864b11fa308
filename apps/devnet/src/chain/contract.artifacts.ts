import { readFileSync } from 'node:fs';
import type { Abi, Hex } from 'viem';

export interface Artifact {
  readonly abi: Abi;
  readonly bytecode: Hex;
}

export type ContractName =
  'BatchExecutor' | 'Lens' | 'Market' | 'PlainToken' | 'FrozenToken' | 'FeeToken' | 'NamelessToken';

const loaded = new Map<ContractName, Artifact>();

/** What compile.mjs committed for a contract. */
export function artifact(name: ContractName): Artifact {
  const known = loaded.get(name);
  if (known) return known;
  const text = readFileSync(new URL(`../../artifacts/${name}.json`, import.meta.url), 'utf8');
  const read = JSON.parse(text) as Artifact;
  loaded.set(name, read);
  return read;
}
