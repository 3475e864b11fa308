import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/** Each window's delay is judged by itself; two in a row change the verdict, so that one long pause does not. */
const WINDOW_MS = 1_000;
const WINDOWS = 2;
/** The 90th percentile of a window from which nobody is served in time. */
export const MAX_DELAY_MS = 500;
/** Far more than wait for all sources at once; each costs some 10 KiB. */
export const MAX_UNDER_WAY = 2_000;
const NS_PER_MS = 1e6;

export interface Load {
  readonly overloaded: boolean;
  /** How late the event loop was in the last second, 90th percentile. */
  readonly eventLoopDelayMs: number;
  readonly requestsUnderWay: number;
}

/** Whether this process can take more requests: how late its event loop is, and how many requests it is busy with. */
@Injectable()
export class LoadMonitor implements OnModuleInit, OnModuleDestroy {
  private readonly delays: IntervalHistogram = monitorEventLoopDelay({ resolution: 20 });
  private timer: NodeJS.Timeout | undefined;
  private underWay = 0;
  private delayMs = 0;
  private isLate = false;
  private otherwise = 0;

  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    this.count(this.host.httpAdapter.getInstance<FastifyInstance>());
    this.delays.enable();
    this.timer = setInterval(() => this.judge(), WINDOW_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.delays.disable();
  }

  get load(): Load {
    return {
      overloaded: this.isLate || this.underWay > MAX_UNDER_WAY,
      eventLoopDelayMs: Math.round(this.delayMs),
      requestsUnderWay: this.underWay,
    };
  }

  private count(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (_request, reply, done) => {
      this.underWay += 1;
      // Told once for each request, however it ends.
      reply.raw.once('close', () => (this.underWay -= 1));
      done();
    });
  }

  private judge(): void {
    this.delayMs = this.delays.percentile(90) / NS_PER_MS;
    this.delays.reset();
    this.otherwise = this.delayMs > MAX_DELAY_MS === this.isLate ? 0 : this.otherwise + 1;
    if (this.otherwise < WINDOWS) return;
    this.isLate = !this.isLate;
    this.otherwise = 0;
  }
}
