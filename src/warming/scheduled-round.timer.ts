import type { SchedulerRegistry } from '@nestjs/schedule';
import type { RoundTimer } from '@chaincache/cache';

/** Rounds as timeouts of `@nestjs/schedule`, where everything that is scheduled is listed by its name. */
export function scheduledRoundTimer(registry: SchedulerRegistry): RoundTimer {
  return (round, delayMs, run) => {
    const name = `warm ${round}`;
    const handle = setTimeout(() => {
      registry.deleteTimeout(name);
      run();
    }, delayMs);
    handle.unref();
    registry.addTimeout(name, handle);
    return () => {
      const isOurs = registry.doesExist('timeout', name) && registry.getTimeout(name) === handle;
      if (isOurs) registry.deleteTimeout(name);
    };
  };
}
