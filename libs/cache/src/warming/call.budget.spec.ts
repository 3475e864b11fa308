import { ManualClock } from '../../testing/manual.clock.js';
import { CallBudget } from './call.budget.js';
import { MemoryFleet } from './memory.fleet.js';

const MINUTE = { callsPerMinute: 8, warmCallsPerMinute: 6 };

function budgetOf(): CallBudget {
  const budget = new CallBudget(new MemoryFleet(new ManualClock()), MINUTE);
  budget.price('balances', 2);
  return budget;
}

describe('the budget of calls', () => {
  it('takes loads of its own for no user’s: its whole share can be used', async () => {
    const budget = budgetOf();
    for (let load = 0; load < 3; load += 1) {
      expect(await budget.take('balances', false)).toBe(true);
      budget.loaded('balances');
    }
    expect(await budget.take('balances', false)).toBe(false);
  });

  it('counts what users load, and what fails for them', async () => {
    const budget = budgetOf();
    budget.loaded('balances');
    budget.loaded('balances');
    await budget.tell();
    expect([await budget.take('balances', false), await budget.take('balances', false)]).toEqual([true, true]);
    expect(await budget.take('balances', false)).toBe(false);
  });

  it('never refuses what was ordered, nor entries without a price', async () => {
    const budget = budgetOf();
    for (let load = 0; load < 9; load += 1) expect(await budget.take('balances', true)).toBe(true);
    expect(await budget.take('block height', false)).toBe(true);
  });
});
