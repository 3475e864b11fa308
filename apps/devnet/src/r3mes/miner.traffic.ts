import type { ChainLedger } from './chain.ledger.js';
import { sha256 } from './merkle.tree.js';
import { encodeTx } from './tx.execution.js';

/** Of so many gradients one is rejected. */
const acceptedIn = 12;

/** What miners do while nobody looks: each block some of them submit a gradient. Who does follows from the height. */
export function submitGradients(ledger: ChainLedger, count: number): void {
  const { miners, origin } = ledger.options;
  for (let number = 0; number < count; number += 1) {
    const memo = `gradient/${origin.genesisTime}/${ledger.height + 1}/${number}`;
    const draw = sha256(Buffer.from(memo, 'utf8')).readUInt32BE(0);
    const miner = miners[draw % miners.length]!;
    const accepted = draw % acceptedIn !== 0;
    const tx = encodeTx([{ kind: 'submit-gradient', miner, accepted }], memo).toString('base64');
    ledger.submit(tx);
  }
}
