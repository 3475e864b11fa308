import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

export type Phase = 'starting' | 'serving' | 'draining';

/** Where the application is in its life. While it drains, what runs is finished, and nothing new is to be sent here. */
@Injectable()
export class LifecycleState implements OnApplicationBootstrap, OnModuleDestroy {
  private current: Phase = 'starting';

  get phase(): Phase {
    return this.current;
  }

  onApplicationBootstrap(): void {
    if (this.current === 'starting') this.current = 'serving';
  }

  /** It was told to stop. Everything is still answered, but load balancers learn that they should go elsewhere. */
  drain(): void {
    this.current = 'draining';
  }

  onModuleDestroy(): void {
    this.drain();
  }
}
