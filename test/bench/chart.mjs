/** A line in Mermaid, which GitHub draws: y over labels, from zero; and a second one where all points have a value beside them. */
export function lineChart({ title, unit, points }) {
  const highest = Math.max(...points.map(({ value }) => value));
  return [
    '```mermaid',
    'xychart-beta',
    `  title "${title}"`,
    `  x-axis [${points.map(({ label }) => `"${label}"`).join(', ')}]`,
    `  y-axis "${unit}" 0 --> ${Math.ceil(highest * 1.1)}`,
    lineOf(points.map(({ value }) => value)),
    ...(points.every(({ beside }) => beside !== undefined) ? [lineOf(points.map(({ beside }) => beside))] : []),
    '```',
  ].join('\n');
}

const lineOf = (values) => `  line [${values.map((value) => value.toPrecision(4)).join(', ')}]`;
