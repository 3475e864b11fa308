import { scenario } from '../scenario.mjs';
import { BOUNDS, figures, goals, ours, scanAndUnlink } from './invalidate.contestants.mjs';

export default scenario({
  name: 'invalidate-prefix',
  title: 'A prefix invalidated below which so many entries stand, until it is acknowledged',
  figures,
  contestants: { Chaincache: ours('prefix'), 'SCAN + UNLINK': scanAndUnlink },
  goals,
  rounds: 5,
  bounds: BOUNDS,
});
