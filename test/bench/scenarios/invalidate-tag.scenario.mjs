import { scenario } from '../scenario.mjs';
import { BOUNDS, figures, goals, membersAndUnlink, ours, peer } from './invalidate.contestants.mjs';

export default scenario({
  name: 'invalidate-tag',
  title: 'A tag invalidated that so many entries carry, until it is acknowledged',
  figures,
  contestants: { Chaincache: ours('tag'), BentoCache: peer('bentocache'), 'SMEMBERS + UNLINK': membersAndUnlink },
  goals,
  rounds: 5,
  bounds: BOUNDS,
});
