import { strict as assert } from 'node:assert';
import type { SideData } from '../src/store/side-data.port.js';
import { globalHarness } from './test.harness.js';
import type { TestHarness } from './test.harness.js';

export interface SideDataSubject {
  readonly sideData: SideData;
  readonly advance: (durationMs: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What every side data store must promise. @param harness the runner's functions where they are not global */
export function describeSideDataContract(
  name: string,
  make: () => Promise<SideDataSubject>,
  harness: TestHarness = globalHarness(),
): void {
  const { it } = harness;

  harness.describe(`${name} as side data`, () => {
    let subject: SideDataSubject;
    harness.beforeEach(async () => {
      subject = await make();
    });
    harness.afterEach(() => subject.close());

    it('gives back each text as it was', async () => {
      const { sideData } = subject;
      const texts = [
        '',
        'plain',
        '"quoted"\\\r\n',
        'ключ 鍵 🔑',
        '{"a":[1,null]}',
        '_function_x|() => 1',
        '_date_2020',
        '1:',
      ];
      for (const text of texts) {
        await sideData.set('text', text, 60_000);
        assert.equal(await sideData.get('text'), text);
      }
    });

    it('has nothing where nothing was put, or it was deleted', async () => {
      const { sideData } = subject;
      assert.equal(await sideData.get('none'), undefined);
      assert.equal(await sideData.ttl('none'), null);
      await sideData.set('gone', 'x', 60_000);
      await sideData.del('gone');
      await sideData.del('gone');
      assert.equal(await sideData.get('gone'), undefined);
    });

    it('forgets a text when its life is over, and says what is left of it', async () => {
      const { sideData, advance } = subject;
      await sideData.set('brief', 'x', 60);
      const left = await sideData.ttl('brief');
      assert(left !== null && left > 0 && left <= 60);
      await advance(80);
      assert.equal(await sideData.get('brief'), undefined);
      assert.equal(await sideData.ttl('brief'), null);
    });

    it('begins a new life with each new text', async () => {
      const { sideData } = subject;
      await sideData.set('text', 'old', 1_000);
      await sideData.set('text', 'new', 60_000);
      assert.equal(await sideData.get('text'), 'new');
      assert((await sideData.ttl('text'))! > 1_000);
    });
  });
}
