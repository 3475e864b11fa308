import type * as shown from '../../apps/web/src/console/api/stats.types.js';
import type { Explanation as ShownExplanation } from '../../apps/web/src/console/api/explanation.types.js';
import type { Explanation } from '@chaincache/cache';
import type { HistoryPoint } from '../../src/console/stats.history.js';
import type { StatsView } from '../../src/metrics/stats.view.js';

/** Does not compile unless what the API sends is what the console reads. */
type Reads<Console, Api extends Console> = [Console, Api];
export type Checked = [
  Reads<shown.StatsView, StatsView>,
  Reads<shown.HistoryPoint, HistoryPoint>,
  Reads<ShownExplanation, Explanation>,
];
