/** The node could not be reached, or did not answer in time. The request may be repeated. */
export class NodeUnreachableError extends Error {
  override readonly name = 'NodeUnreachableError';
}

/** The node answered that it cannot do what was asked. */
export class RpcResponseError extends Error {
  override readonly name = 'RpcResponseError';

  constructor(
    method: string,
    /** JSON-RPC's code. */
    readonly code: number,
    readonly detail: string,
  ) {
    super(`CometBFT refused ${method}: ${detail} (${code})`);
  }
}

/** The node is one of another chain than the one that is configured. Nothing of it was delivered. */
export class WrongChainError extends Error {
  override readonly name = 'WrongChainError';

  constructor(
    readonly host: string,
    readonly expected: string,
    readonly found: string,
  ) {
    super(
      `The node at ${host} is of chain "${found}", but "${expected}" is wanted: correct the address or the chain id.`,
    );
  }
}
