import type { RedisTierOptions } from '@chaincache/cache/redis';

export const TOPOLOGIES = ['single', 'sentinel', 'cluster'] as const;
export type TopologyName = (typeof TOPOLOGIES)[number];

/** Something that goes wrong, and is over when the promise resolves. */
export interface Fault {
  readonly name: string;
  readonly strike: () => Promise<void>;
}

/** The Redis that the fleet shares, and how it can be made to fail. */
export interface Topology {
  /** How the process in this slot reaches it. */
  optionsOf(slot: number): RedisTierOptions;
  readonly faults: readonly Fault[];
  stop(): Promise<void>;
}
