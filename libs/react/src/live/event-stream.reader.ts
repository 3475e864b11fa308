/** One server-sent event. */
export interface StreamEvent {
  readonly type: string;
  readonly data: string;
}

/**
 * The events of a `text/event-stream` body, as the HTML standard parses them: fields by line, an empty line ends an
 * event, a line that begins with a colon says only that the connection lives. Ends with the body.
 */
export async function* eventsOf(
  body: ReadableStream<Uint8Array>,
  onLife: () => void = () => undefined,
): AsyncGenerator<StreamEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let [text, type, data] = ['', '', ''];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onLife();
      const lines = (text + decoder.decode(value, { stream: true })).split(/\r\n|\n|\r/);
      text = lines.pop() ?? '';
      for (const line of lines) {
        if (line === '') {
          if (data !== '') yield { type: type || 'message', data: data.slice(0, -1) };
          [type, data] = ['', ''];
        } else if (line.startsWith('event:')) type = line.slice(6).trimStart();
        else if (line.startsWith('data:')) data += `${line.slice(5).replace(/^ /, '')}\n`;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
