/** Four figures that matter, with a thin space for each thousand. */
export function figure(value) {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1_000_000) return `${digits(value / 1_000_000)} M`;
  if (size >= 10_000) return `${digits(value / 1_000)} k`;
  return digits(value);
}

function digits(value) {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

const ranged = ({ median, min, max }) => `${figure(median)} (${figure(min)} to ${figure(max)})`;

/** One for each contestant and figure of a scenario: texts to be shown. */
export function contestantRows(result) {
  if (result.failed !== undefined) return [];
  const figures = result.figures ?? { '': result };
  return Object.entries(figures).flatMap(([name, { unit, ours, variants, peers, limit, remarks, ratio }]) => {
    const row =
      (role) =>
      ([contestant, measured]) => ({
        figure: name,
        contestant,
        role,
        measured: `${ranged(measured)} ${unit}`,
        ratio: ratio[contestant] === undefined ? '' : figure(ratio[contestant]),
      });
    return [
      row('ours')([result.headline, ours]),
      ...Object.entries(variants).map(row('ours')),
      ...Object.entries(peers).map(row('peer')),
      ...(limit === null ? [] : [row('limit')([limit.name, limit])]),
      ...Object.entries(remarks).map(row('remark')),
    ];
  });
}

/** The same as rows of the table on a terminal. */
export const rowsOf = (result) =>
  contestantRows(result).map(({ figure: name, contestant, role, measured, ratio }) => [
    name === '' ? result.name : `${result.name}, ${name}`,
    contestant,
    role,
    measured,
    ratio,
  ]);

export const HEADINGS = ['scenario', 'contestant', '', 'median (min to max)', 'ours is … times as good'];

/** Columns under each other, for a terminal. */
export function textTable(rows) {
  const widths = rows[0].map((_cell, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd();
  const [headings, ...body] = rows;
  return [line(headings), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(line)].join('\n');
}

/** The same in Markdown. */
export function markdownTable(rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const [headings, ...body] = rows;
  return [line(headings), line(headings.map(() => '---')), ...body.map(line)].join('\n');
}

/** Each goal, with what was seen. */
export const goalRows = (results) =>
  results.flatMap(({ name, goals }) =>
    goals.map(({ goal, seen, met }) => [name, goal, seen === null ? '-' : figure(seen), met ? 'met' : 'NOT MET']),
  );

export const missedRows = (results) => goalRows(results).filter(([, , , outcome]) => outcome !== 'met');

export const GOAL_HEADINGS = ['scenario', 'goal', 'seen', ''];
