import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { CacheError, type WarmPlan } from '../index.js';
import type { InvalidationListener } from './invalidation.listener.js';
import { WARM_RUNNER, type WarmRunner } from './warm.runner.js';

/** The part of `EventEmitter2` that is used. */
interface Emitter {
  on(eventName: string, handle: (event: unknown) => Promise<void>): unknown;
  off(eventName: string, handle: (event: unknown) => Promise<void>): unknown;
}

/** Connects listeners and warm plans with the application's `EventEmitter2`: one handler for each event name. */
@Injectable()
export class EventSubscriptions {
  private listeners: readonly InvalidationListener[] = [];
  private unsubscribe: (() => void)[] = [];

  constructor(
    private readonly moduleRef: ModuleRef,
    @Inject(WARM_RUNNER) private readonly warmRunner: WarmRunner,
  ) {}

  /** @throws CacheError `INVALID_OPTION` when there is something to listen to and no `EventEmitter2`. */
  async mount(listeners: readonly InvalidationListener[], plans: readonly WarmPlan[]): Promise<void> {
    this.listeners = listeners;
    const names = new Set(listeners.map((listener) => listener.eventName));
    for (const { trigger } of plans) if (trigger.kind === 'event') names.add(trigger.eventName);
    if (names.size === 0) return;
    const emitter = await this.findEmitter([...names]);
    for (const name of names) {
      const handle = this.handlerOf(
        listeners.filter((listener) => listener.eventName === name),
        plans.filter(({ trigger }) => trigger.kind === 'event' && trigger.eventName === name),
      );
      emitter.on(name, handle);
      this.unsubscribe.push(() => emitter.off(name, handle));
    }
  }

  /** Stops listening and waits for the invalidations that are under way. */
  async stop(): Promise<void> {
    for (const unsubscribe of this.unsubscribe.splice(0)) unsubscribe();
    await Promise.all(this.listeners.map((listener) => listener.stop()));
  }

  /** Warming comes after the invalidations of the same event: a load that began before them would be refused. */
  private handlerOf(
    listeners: readonly InvalidationListener[],
    plans: readonly WarmPlan[],
  ): (event: unknown) => Promise<void> {
    const handle = async (event: unknown): Promise<void> => {
      const outcomes = await Promise.allSettled(listeners.map((listener) => listener.handle(event)));
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
      if (plans.length > 0) this.warmRunner.trigger(plans, event);
    };
    return (event) => {
      const handled = handle(event);
      // `emit` drops the promise, and a failure that was logged must not end the process; `emitAsync` still sees it.
      handled.catch(() => undefined);
      return handled;
    };
  }

  private async findEmitter(names: readonly string[]): Promise<Emitter> {
    try {
      // Loaded here, so that an application without events need not install it.
      const { EventEmitter2 } = await import('@nestjs/event-emitter');
      return this.moduleRef.get<Emitter>(EventEmitter2, { strict: false });
    } catch (cause) {
      throw new CacheError(
        'INVALID_OPTION',
        `nothing can emit ${names.join(', ')}: @InvalidateOn and @Warm({ on }) need EventEmitterModule.forRoot() of ` +
          `@nestjs/event-emitter among the imports of the application's module`,
        { cause },
      );
    }
  }
}
