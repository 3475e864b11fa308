import fc from 'fast-check';
import { MAX_FREQUENCY } from './frequency.sketch.js';
import { mostUsedIn, Stored } from './stored.js';

class Formed extends Stored {
  get its(): number {
    return this.form;
  }

  set its(form: number) {
    this.form = form;
  }
}

/** The same with a field for each thing, and ages and turns that go on for ever. */
const fresh = () => ({ inWindow: true, unread: true, used: false, followed: false, form: 0, frequency: 0 });

const noted = (record: Formed) => ({
  inWindow: record.inWindow,
  unread: record.isUnread,
  used: record.isUsed,
  followed: record.isFollowed,
  form: record.its,
  frequency: record.frequency,
});

describe('Stored', () => {
  it('notes each thing without touching another, however old it becomes', () => {
    const command = fc.record({
      what: fc.constantFrom('use', 'use', 'use', 'read', 'spare', 'leave', 'follow', 'form', 'touch'),
      number: fc.integer({ min: 0, max: 3 }),
      // Beyond 2^12 ages and 2^8 turns, and beyond 2^31 of both.
      passed: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 4, max: 300 })),
    });
    const beginning = fc.oneof(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: 0, max: 2 ** 31 }));
    fc.assert(
      fc.property(fc.array(command, { maxLength: 200 }), beginning, (commands, first) => {
        const record = new Formed('key');
        const model = fresh();
        let age = first;
        let turn = first;
        record.note(0, age);
        record.touchIn(turn);
        for (const { what, number, passed } of commands) {
          if (what === 'use') {
            age += passed;
            record.use(mostUsedIn(age));
            model.frequency = Math.min(MAX_FREQUENCY, (model.frequency >> Math.min(passed, 31)) + 1);
            model.used = true;
          }
          if (what === 'touch') {
            turn += number;
            expect(record.wasTouchedIn(turn)).toBe(number === 0);
            record.touchIn(turn);
          }
          if (what === 'read') {
            record.wasRead();
            model.unread = false;
          }
          if (what === 'spare') {
            record.spare();
            model.used = false;
          }
          if (what === 'leave') {
            record.leaveWindow();
            [model.inWindow, model.used] = [false, false];
          }
          if (what === 'follow') {
            record.follow();
            model.followed = true;
          }
          if (what === 'form') {
            record.its = number;
            model.form = number;
          }
          expect(noted(record)).toEqual(model);
          expect(record.wasTouchedIn(turn)).toBe(true);
        }
      }),
    );
  });

  it('has half its frequency an age later, also where ages begin anew', () => {
    for (const age of [0, 1, 4_095, 4_096, 2 ** 21 - 1, 2 ** 31 - 1]) {
      const record = new Formed('key');
      record.note(8, age);
      record.growOlder(age + 1);
      expect(record.frequency).toBe(4);
      record.growOlder(age + 4);
      expect(record.frequency).toBe(0);
    }
  });

  it('knows for 255 turns that its last touch was earlier', () => {
    const record = new Formed('key');
    record.touchIn(250);
    const touched = Array.from({ length: 255 }, (_none, passed) => record.wasTouchedIn(250 + passed));
    expect(touched).toEqual(touched.map((_touched, passed) => passed === 0));
  });

  it('hands on what is noted of its key, and not what is noted of its value', () => {
    const [before, after] = [new Formed('key'), new Formed('key')];
    before.follow();
    before.touchIn(3);
    before.note(7, 2);
    before.leaveWindow();
    before.wasRead();
    before.its = 1;
    after.its = 2;
    after.succeed(before);
    expect(noted(after)).toEqual({
      inWindow: false,
      unread: true,
      used: false,
      followed: true,
      form: 2,
      frequency: 7,
    });
    expect(after.wasTouchedIn(3)).toBe(true);
  });
});
