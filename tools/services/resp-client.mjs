import { connect } from 'node:net';

/**
 * Sends commands to a Redis server over a connection of its own and gives their replies, in order.
 * Enough of RESP 2 to set servers up without a package; an error reply is thrown.
 *
 * @param {{ host?: string, port: number, timeoutMs?: number }} server
 * @param {(string | number)[][]} commands
 * @returns {Promise<any[]>}
 */
export function redisCommands({ host = '127.0.0.1', port, timeoutMs = 5_000 }, commands) {
  return new Promise((resolve, reject) => {
    const replies = [];
    let buffer = Buffer.alloc(0);
    const socket = connect({ host, port });
    const fail = (error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(timeoutMs, () => fail(new Error(`no reply from ${host}:${port} within ${timeoutMs} ms`)));
    socket.on('error', fail);
    socket.on('close', () => reject(new Error(`${host}:${port} closed the connection`)));
    socket.on('connect', () => socket.write(commands.map(encode).join('')));
    socket.on('data', (chunk) => {
      buffer = Buffer.concat([buffer, chunk]);
      for (let parsed = parse(buffer, 0); parsed; parsed = parse(buffer, 0)) {
        if (parsed.value instanceof Error) return fail(parsed.value);
        replies.push(parsed.value);
        buffer = buffer.subarray(parsed.end);
      }
      if (replies.length < commands.length) return;
      resolve(replies);
      socket.destroy();
    });
  });
}

/** One command, one reply. */
export async function redisCommand(server, ...command) {
  const [reply] = await redisCommands(server, [command]);
  return reply;
}

function encode(command) {
  const parts = command.map(String).map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
  return `*${parts.length}\r\n${parts.join('')}`;
}

/** The reply that begins at `start`, or undefined when it has not arrived whole. */
function parse(buffer, start) {
  const lineEnd = buffer.indexOf('\r\n', start);
  if (lineEnd === -1) return undefined;
  const type = String.fromCharCode(buffer[start]);
  const line = buffer.toString('utf8', start + 1, lineEnd);
  const end = lineEnd + 2;
  if (type === '+') return { value: line, end };
  if (type === '-') return { value: new Error(line), end };
  if (type === ':') return { value: Number(line), end };
  if (type === '$') return parseBulk(buffer, Number(line), end);
  if (type === '*') return parseArray(buffer, Number(line), end);
  return { value: new Error(`not a RESP reply: ${type}${line}`), end };
}

function parseBulk(buffer, length, start) {
  if (length === -1) return { value: null, end: start };
  const end = start + length;
  return buffer.length < end + 2 ? undefined : { value: buffer.toString('utf8', start, end), end: end + 2 };
}

function parseArray(buffer, length, start) {
  if (length === -1) return { value: null, end: start };
  const value = [];
  let end = start;
  while (value.length < length) {
    const item = parse(buffer, end);
    if (!item) return undefined;
    value.push(item.value);
    end = item.end;
  }
  return { value, end };
}
