import type { RedisNode, ScriptCall } from './redis.node.js';
import type { ServerIdentity } from './server.identity.js';
import type { Topology } from './topology.js';
import { unavailable } from './unavailable.error.js';

/** One script in one partition; the call is made when the server that it goes to is known. */
export interface Step {
  readonly partition: number;
  call(identity: ServerIdentity, node: RedisNode): ScriptCall;
}

/** How often a step is sent at most: each time but the last it was refused before it did anything. */
const MAX_ROUNDS = 3;

/** Sends steps to the servers that hold their partitions: one round trip to each, side by side. */
export class ScriptRunner {
  constructor(private readonly topology: Topology) {}

  /** Each step's reply or error, in order. Never rejects. */
  async run(steps: readonly Step[]): Promise<readonly unknown[]> {
    const replies: unknown[] = Array.from({ length: steps.length });
    let open: readonly number[] = [...steps.keys()];
    for (let round = 1; open.length > 0; round += 1) {
      const refused: number[] = [];
      const groups = this.groupByNode(steps, open, replies);
      await Promise.all(
        [...groups].map(async ([node, indexes]) => {
          const answers = await send(
            node,
            indexes.map((index) => steps[index]!),
          );
          for (const [position, index] of indexes.entries()) {
            replies[index] = answers[position];
            if (round < MAX_ROUNDS && this.mayAskAgain(node, steps[index]!, answers[position])) refused.push(index);
          }
        }),
      );
      open = refused;
    }
    return replies;
  }

  private groupByNode(steps: readonly Step[], open: readonly number[], replies: unknown[]): Map<RedisNode, number[]> {
    const groups = new Map<RedisNode, number[]>();
    for (const index of open) {
      try {
        const node = this.topology.nodeOf(steps[index]!.partition);
        const group = groups.get(node);
        if (group) group.push(index);
        else groups.set(node, [index]);
      } catch (error) {
        replies[index] = unavailable(error);
      }
    }
    return groups;
  }

  /** Only where the script did nothing: the server is another one than was believed, or the partition is elsewhere. */
  private mayAskAgain(node: RedisNode, { partition }: Step, answer: unknown): boolean {
    if (answer instanceof Error) return this.topology.relocate(partition, answer);
    if (wordOf(answer) === 'identity') {
      node.forgetIdentity();
      return true;
    }
    if (wordOf(answer) === 'late') node.seeClock(numberAt(answer, 1));
    return false;
  }
}

async function send(node: RedisNode, steps: readonly Step[]): Promise<readonly unknown[]> {
  try {
    const identity = await node.identity();
    return await node.run(steps.map((step) => step.call(identity, node)));
  } catch (error) {
    return steps.map(() => unavailable(error));
  }
}

/** The first element of a reply: what happened. */
export function wordOf(reply: unknown): string {
  return Array.isArray(reply) ? String(reply[0]) : '';
}

/** @returns NaN where there is no number */
export function numberAt(reply: unknown, position: number): number {
  return Array.isArray(reply) ? Number(reply[position]) : Number.NaN;
}
