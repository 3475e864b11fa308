/** An API key was made. Its SHA-256 in hex names it. */
export class ApiKeyCreated {
  static readonly type = 'api-key.created';

  constructor(readonly sha256: string) {}
}
