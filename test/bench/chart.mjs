/** A line in Mermaid, which GitHub draws: y over labels, from zero. */
export function lineChart({ title, unit, points }) {
  const highest = Math.max(...points.map(({ value }) => value));
  return [
    '```mermaid',
    'xychart-beta',
    `  title "${title}"`,
    `  x-axis [${points.map(({ label }) => `"${label}"`).join(', ')}]`,
    `  y-axis "${unit}" 0 --> ${Math.ceil(highest * 1.1)}`,
    `  line [${points.map(({ value }) => value.toPrecision(4)).join(', ')}]`,
    '```',
  ].join('\n');
}
