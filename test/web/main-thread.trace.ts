import type { Browser, Page } from 'playwright-core';

interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly args?: { readonly name?: string };
  /** µs by the clock. */
  readonly dur?: number;
  /** µs of the thread's own CPU time. */
  readonly tdur?: number;
}

export interface MainThread {
  readonly tasks: number;
  /** What the longest task computed, ms: other work on the machine does not count. */
  readonly longestCpuMs: number;
  /** The longest by the clock, ms. */
  readonly longestMs: number;
}

/**
 * What the page's main thread did meanwhile, task by task, as Chromium's own trace has it. @throws where the trace
 * holds no CPU times, for then it proves nothing
 */
export async function traceMainThread(browser: Browser, page: Page, work: () => Promise<void>): Promise<MainThread> {
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString('utf8')) as { traceEvents: TraceEvent[] };
  const mainThreads = new Set(
    traceEvents
      .filter(({ ph, name, args }) => ph === 'M' && name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(threadOf),
  );
  const tasks = traceEvents.filter(
    (event) => event.ph === 'X' && /(^|::)RunTask$/.test(event.name) && mainThreads.has(threadOf(event)),
  );
  if (tasks.every(({ tdur }) => tdur === undefined)) {
    throw new Error('The trace has no tasks of the main thread, or not their CPU time.');
  }
  return {
    tasks: tasks.length,
    longestCpuMs: Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1_000,
    longestMs: Math.max(...tasks.map(({ dur = 0 }) => dur)) / 1_000,
  };
}

function threadOf({ pid, tid }: TraceEvent): string {
  return `${pid}:${tid}`;
}
