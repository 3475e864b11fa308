import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import { useTheme } from '../theme.js';

export interface ChartLine {
  readonly label: string;
  /** The name of a colour of console.css, as `--l1`. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly filled?: boolean;
}

export interface LineChartProps {
  readonly title: string;
  /** What the chart says now, in words: for who cannot see it. */
  readonly summary: string;
  /** Epoch ms. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly format: (value: number) => string;
  /** Default: `format`. */
  readonly axisFormat?: (value: number) => string;
  /** A line to compare with. */
  readonly mark?: { readonly value: number; readonly label: string };
  /** Fixed ends of the scale; default: from 0 to what is there. */
  readonly range?: readonly [number, number];
}

const HEIGHT = 190;
/** What is shown at least, so that the first minutes do not look like a leap. */
const LEAST_SPAN_S = 300;

/** One chart of some lines over time. Moving over one moves the cursor of all. */
export function LineChart(props: LineChartProps): React.JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(null);
  const theme = useTheme();
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const element = host.current!;
    const plot = new uPlot(optionsOf(latest.current, element), dataOf(latest.current), element);
    chart.current = plot;
    const resizing = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    resizing.observe(element);
    return () => {
      resizing.disconnect();
      plot.destroy();
      chart.current = null;
    };
    // Colours are read when it is made, so another theme makes another chart.
  }, [theme]);

  useEffect(() => {
    chart.current?.setData(dataOf(props));
  }, [props.times, props.lines]);

  return (
    <figure className="chart">
      <figcaption>
        <h3>{props.title}</h3>
        <ul className="legend">
          {props.lines.map(({ label, colour, values }) => (
            <li key={label}>
              <i style={{ background: `var(${colour})` }} />
              {label} <b>{lastOf(values, props.format)}</b>
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={host} className="plot" role="img" aria-label={`${props.title}. ${props.summary}`} />
    </figure>
  );
}

function dataOf({ times, lines }: LineChartProps): uPlot.AlignedData {
  return [times.map((ms) => ms / 1_000), ...lines.map(({ values }) => [...values])];
}

function lastOf(values: readonly (number | null)[], format: (value: number) => string): string {
  const last = values.at(-1);
  return last == null ? '–' : format(last);
}

function optionsOf(
  { lines, format, axisFormat = format, mark, range }: LineChartProps,
  element: HTMLElement,
): uPlot.Options {
  const colours = getComputedStyle(element);
  const colour = (name: string): string => colours.getPropertyValue(name).trim();
  const axis = { stroke: colour('--quiet'), font: '11px system-ui', ticks: { show: false } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    // Half of a time stands right of its tick: the last one is shown in full.
    padding: [10, 18, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: 'console' }, y: false, points: { size: 7 }, drag: { x: false, y: false } },
    scales: {
      x: { range: (_plot, min, max) => [Math.min(min, max - LEAST_SPAN_S), max] },
      y: {
        range:
          range === undefined ? (_plot, _min, max) => [0, niceAbove(Math.max(max ?? 0, mark?.value ?? 0))] : [...range],
      },
    },
    series: [{}, ...lines.map((line) => seriesOf(line, colour))],
    axes: [
      { ...axis, size: 26, grid: { show: false }, space: 48, values: (_plot, splits) => splits.map(clock) },
      {
        ...axis,
        size: 54,
        space: 36,
        grid: { stroke: colour('--line'), width: 1 },
        values: (_plot, splits) => splits.map(axisFormat),
      },
    ],
    hooks: {
      draw: mark === undefined ? [] : [(plot) => drawMark(plot, mark, colour('--quiet'))],
      setCursor: [(plot) => showValues(plot, lines, format)],
    },
  };
}

function seriesOf({ label, colour: name, filled }: ChartLine, colour: (name: string) => string): uPlot.Series {
  return {
    label,
    stroke: colour(name),
    width: 2,
    points: { show: false },
    ...(filled === true ? { fill: `${colour(name)}22` } : {}),
  };
}

/** A scale that ends on a round number a little above, and does not twitch with every point. */
function niceAbove(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((one) => one * power >= value * 1.05) ?? 15;
  return step * power;
}

function clock(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

function drawMark(plot: uPlot, { value, label }: { value: number; label: string }, stroke: string): void {
  const { ctx, bbox } = plot;
  const y = Math.round(plot.valToPos(value, 'y', true)) + 0.5;
  if (y < bbox.top || y > bbox.top + bbox.height) return;
  const scale = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.fillStyle = stroke;
  ctx.setLineDash([4 * scale, 4 * scale]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.font = `${11 * scale}px system-ui`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'bottom';
  ctx.fillText(label, bbox.left + 4 * scale, y - 2 * scale);
  ctx.restore();
}

/** The values under the cursor, as a note that moves with it. */
function showValues(plot: uPlot, lines: readonly ChartLine[], format: (value: number) => string): void {
  let note = plot.over.querySelector<HTMLElement>('.chart-note');
  if (note === null) {
    note = document.createElement('div');
    note.className = 'chart-note';
    plot.over.append(note);
  }
  const { idx, left = -1 } = plot.cursor;
  note.hidden = idx == null || left < 0;
  if (idx == null || note.hidden) return;
  const time = new Date(plot.data[0][idx]! * 1_000).toLocaleTimeString('en-GB');
  const values = lines.map(({ label }, at) => {
    const value = plot.data[at + 1]?.[idx];
    return `${label} ${value == null ? '–' : format(value)}`;
  });
  note.textContent = [time, ...values].join('\n');
  note.classList.toggle('to-the-left', left > plot.over.clientWidth / 2);
  note.style.left = `${left}px`;
}
