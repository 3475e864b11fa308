/** Values by composite key (`tm.event`, `tx.height`, `transfer.recipient`). */
export type EventMap = Readonly<Record<string, readonly string[]>>;
export type EventQuery = (events: EventMap) => boolean;

type Token = {
  readonly kind: 'tag' | 'operator' | 'string' | 'number' | 'and';
  readonly text: string;
  readonly at: number;
};
const operators = '<= operator, >= operator, < operator, > operator, = operator, CONTAINS operator or EXISTS operator';
const pattern = /\s*(?:('[^']*')|(<=|>=|<|>|=)|(-?\d+(?:\.\d+)?)(?![\w.-])|([\w./-]+))/y;

/**
 * CometBFT's event query language: conditions joined by AND, each `key = 'text'`, `key < 5`, `key CONTAINS 'part'` or
 * `key EXISTS`. A condition holds when one of the key's values meets it. Throws where the text is no query.
 * Source: CometBFT's internal/pubsub/query; of its values TIME and DATE are left out.
 */
export function parseQuery(text: string): EventQuery {
  const tokens = scan(text);
  const conditions: EventQuery[] = [];
  let position = 0;
  const take = (kind: Token['kind'], wanted: string): Token => {
    const token = tokens[position];
    if (token?.kind !== kind) {
      const found = token === undefined ? 'end of input' : token.kind;
      throw new Error(`failed to parse query: offset ${token?.at ?? text.length}: got ${found}, wanted ${wanted}`);
    }
    position += 1;
    return token;
  };
  do {
    if (position > 0) take('and', 'AND');
    const key = take('tag', 'tag').text;
    const operator = take('operator', operators).text;
    if (operator === 'EXISTS') {
      conditions.push((events) => Object.keys(events).some((name) => name === key || typeOf(name) === key));
      continue;
    }
    const numeric = tokens[position]?.kind === 'number' && operator !== 'CONTAINS';
    const value = numeric ? take('number', 'number').text : take('string', 'string').text;
    const meets = numeric ? numberTest(operator, value) : textTest(operator, value);
    conditions.push((events) => events[key]?.some(meets) ?? false);
  } while (position < tokens.length);
  return (events) => conditions.every((condition) => condition(events));
}

/** The event type in a composite key: `transfer` of `transfer.recipient`. */
function typeOf(compositeKey: string): string {
  return compositeKey.slice(0, compositeKey.lastIndexOf('.'));
}

function scan(text: string): Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.trimEnd().length) {
    const from = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw new Error(`failed to parse query: offset ${from}: invalid syntax`);
    const [whole, quoted, sign, number, word] = match;
    const at = from + whole.length - whole.trimStart().length;
    if (quoted !== undefined) tokens.push({ kind: 'string', text: quoted.slice(1, -1), at });
    else if (sign !== undefined) tokens.push({ kind: 'operator', text: sign, at });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (word === 'AND') tokens.push({ kind: 'and', text: word, at });
    else if (word === 'EXISTS' || word === 'CONTAINS') tokens.push({ kind: 'operator', text: word, at });
    else tokens.push({ kind: 'tag', text: word!, at });
  }
  return tokens;
}

function textTest(operator: string, wanted: string): (value: string) => boolean {
  if (operator === '=') return (value) => value === wanted;
  if (operator === 'CONTAINS') return (value) => value.includes(wanted);
  throw new Error(`failed to parse query: ${operator} wants a number`);
}

function numberTest(operator: string, wanted: string): (value: string) => boolean {
  const limit = Number(wanted);
  const compare: Record<string, (value: number) => boolean> = {
    '=': (value) => value === limit,
    '<': (value) => value < limit,
    '<=': (value) => value <= limit,
    '>': (value) => value > limit,
    '>=': (value) => value >= limit,
  };
  // An amount such as `5uremes` counts by its leading number, as CometBFT does.
  return (value) => /^\d/.test(value) && compare[operator]!(Number.parseFloat(value));
}
