import { Injectable } from '@nestjs/common';
import { CacheWarmer } from '@chaincache/cache';
import { DatabaseProbe } from './database.probe.js';
import { LifecycleState } from './lifecycle.state.js';

export interface StartSteps {
  /** Checked before anything else: without it nobody could ask. */
  readonly configuration: true;
  /** The database took a connection and has its schema. */
  readonly database: boolean;
  /** Modules have started. */
  readonly modules: boolean;
  /** What is warmed at start has been tried, or has had its time. */
  readonly warming: boolean;
}

/** How far the start is. What is done stays done: later troubles are for readiness to tell. */
@Injectable()
export class StartState {
  private hasDatabase = false;

  constructor(
    private readonly lifecycle: LifecycleState,
    private readonly database: DatabaseProbe,
    private readonly warmer: CacheWarmer,
  ) {}

  async steps(): Promise<StartSteps> {
    if (!this.hasDatabase) this.hasDatabase = await this.database.isUsable();
    return {
      configuration: true,
      database: this.hasDatabase,
      modules: this.lifecycle.phase !== 'starting',
      warming: this.warmer.isStarted,
    };
  }
}
