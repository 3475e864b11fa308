import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { connect, select } from './chromium.js';
import { stagePage } from './page.stage.js';

jest.setTimeout(120_000);

const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

describe('the page for everybody', () => {
  const stage = stagePage(80);

  it('can be used with the keyboard alone', async () => {
    const { page } = await stage.open();
    await connect(page, 'alice');
    await page.getByRole('searchbox').focus();
    await page.getByRole('checkbox').first().waitFor();
    for (let presses = 0; presses < 5; presses += 1) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement?.getAttribute('type') === 'checkbox')) break;
    }
    await page.keyboard.press('End');
    await page.waitForFunction(() => Number(document.activeElement?.closest('li')?.dataset['index']) > 60);
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Review sale' }).waitFor();
  });

  it.each([
    [390, 'light'],
    [390, 'dark'],
    [1_280, 'light'],
    [1_280, 'dark'],
  ] as const)(
    'has nothing serious for axe to find, and nothing to scroll to the side, at %i px in %s',
    async (width, colorScheme) => {
      const context = await stage.browser.newContext({
        viewport: { width, height: 844 },
        colorScheme,
        reducedMotion: 'reduce',
        bypassCSP: true,
      });
      const { page } = await stage.open('/', context);
      await page.getByRole('button', { name: 'Connect', exact: true }).waitFor();
      expect(await seriousOf(page)).toEqual([]);
      await connect(page, 'bob');
      await page.getByRole('checkbox').first().waitFor();
      expect(await seriousOf(page)).toEqual([]);
      await select(page, 'DGOV', 'FEE');
      expect(await cutOff(page)).toEqual([]);
      await page.getByRole('button', { name: 'Review sale' }).click();
      await page.getByText('You receive about').waitFor();
      expect(await seriousOf(page)).toEqual([]);
      expect(await cutOff(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    },
  );
});

/** What a person can press or fill in, and sees only a part of. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('button, a, input, select')]
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        const frame = (element.closest('.panel, .modal') ?? document.documentElement).getBoundingClientRect();
        return width > 0 && (left < frame.left || right > frame.right);
      })
      .map((element) => element.outerHTML),
  );
}

async function seriousOf(page: Page): Promise<string[]> {
  // What is fading in has colours of its own.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run: () => Promise<{ violations: Violation[] }> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
