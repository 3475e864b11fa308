import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Errand, WorkerCommand, WorkerOptions, WorkerReport } from './worker.js';

const WORKER = new URL('./worker.js', import.meta.url);
const START_LIMIT_MS = 20_000;

/** The processes under test. One that dies on demand is replaced by a new one under a new number. */
export class Fleet {
  private readonly members: ChildProcess[] = [];
  private readonly unhandled: string[] = [];
  private nextIndex = 0;

  constructor(private readonly optionsOf: (index: number, slot: number) => WorkerOptions) {}

  get size(): number {
    return this.members.length;
  }

  get unhandledRejections(): readonly string[] {
    return this.unhandled;
  }

  async start(count: number): Promise<void> {
    for (let slot = 0; slot < count; slot += 1) this.members.push(await this.startOne(slot));
  }

  /** Kills the process in this slot right after its next commit, and starts another. */
  async killAfterCommit(slot: number): Promise<void> {
    const member = this.members[slot]!;
    const exited = once(member, 'exit');
    this.tell(slot, 'die-after-commit');
    await exited;
    this.members[slot] = await this.startOne(slot);
  }

  signal(slot: number, name: NodeJS.Signals): void {
    this.members[slot]!.kill(name);
  }

  /** Has the process in this slot do something beside its usual traffic. One errand at a time for each process. */
  async send(slot: number, errand: Errand): Promise<void> {
    await this.ask(slot, errand, 'done');
  }

  async rest(): Promise<void> {
    await Promise.all(this.members.map((_member, slot) => this.ask(slot, 'rest', 'resting')));
  }

  /** What each process still sees otherwise than the source. */
  async differences(): Promise<string[]> {
    const reports = await Promise.all(this.members.map((_member, slot) => this.ask(slot, 'compare', 'compared')));
    return reports.flatMap((report) => (report.kind === 'compared' ? report.differences : []));
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.members.splice(0).map(async (member) => {
        if (member.exitCode !== null || member.signalCode !== null) return;
        const exited = once(member, 'exit');
        member.kill('SIGCONT');
        if (member.connected) member.send('stop' satisfies WorkerCommand);
        const killer = setTimeout(() => member.kill('SIGKILL'), 3_000);
        await exited;
        clearTimeout(killer);
      }),
    );
  }

  private async startOne(slot: number): Promise<ChildProcess> {
    const index = this.nextIndex;
    this.nextIndex += 1;
    const member = fork(WORKER, [JSON.stringify(this.optionsOf(index, slot))], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    member.on('message', (report: WorkerReport) => {
      if (report.kind === 'unhandled') this.unhandled.push(report.message);
    });
    await this.reportOf(member, 'ready');
    return member;
  }

  private ask(slot: number, command: WorkerCommand, expected: WorkerReport['kind']): Promise<WorkerReport> {
    const answered = this.reportOf(this.members[slot]!, expected);
    this.tell(slot, command);
    return answered;
  }

  private tell(slot: number, command: WorkerCommand): void {
    this.members[slot]!.send(command);
  }

  private reportOf(member: ChildProcess, expected: WorkerReport['kind']): Promise<WorkerReport> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`a process did not report "${expected}" within ${START_LIMIT_MS} ms`)),
        START_LIMIT_MS,
      );
      const onExit = (code: number | null): void =>
        reject(new Error(`a process ended with ${code} before it reported "${expected}"`));
      const onMessage = (report: WorkerReport): void => {
        if (report.kind !== expected) return;
        clearTimeout(timer);
        member.off('message', onMessage);
        member.off('exit', onExit);
        resolve(report);
      };
      member.on('message', onMessage);
      member.once('exit', onExit);
    });
  }
}
