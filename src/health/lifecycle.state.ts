import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

export type Phase = 'starting' | 'serving' | 'draining';

/** Where the application is in its life. It drains from the moment it is told to stop: what runs is finished, nothing new is sent here. */
@Injectable()
export class LifecycleState implements OnApplicationBootstrap, OnModuleDestroy {
  private current: Phase = 'starting';

  get phase(): Phase {
    return this.current;
  }

  onApplicationBootstrap(): void {
    this.current = 'serving';
  }

  onModuleDestroy(): void {
    this.current = 'draining';
  }
}
