/** What a wallet is asked to sign (EIP-4361; the same fields for R3MES), as thirdweb names them. */
export interface SignInPayload {
  readonly domain: string;
  /** EVM: with EIP-55 checksum. R3MES: lower case. */
  readonly address: string;
  readonly statement: string;
  readonly uri: string;
  readonly version: string;
  /** EVM only. */
  readonly chain_id?: string | undefined;
  readonly nonce: string;
  /** This and the next two: ISO 8601. */
  readonly issued_at: string;
  readonly expiration_time: string;
  readonly invalid_before: string;
}

/** What people read in their wallet before they sign. */
export const STATEMENT = 'Please ensure that the domain above matches the URL of the current website.';
export const VERSION = '1';

/** The text of a payload: EIP-4361, and CAIP-122 for other kinds of account. */
export function messageOf(payload: SignInPayload, accountKind: 'Ethereum' | 'R3MES'): string {
  return [
    `${payload.domain} wants you to sign in with your ${accountKind} account:`,
    payload.address,
    '',
    payload.statement,
    '',
    `URI: ${payload.uri}`,
    `Version: ${payload.version}`,
    ...(payload.chain_id === undefined ? [] : [`Chain ID: ${payload.chain_id}`]),
    `Nonce: ${payload.nonce}`,
    `Issued At: ${payload.issued_at}`,
    `Expiration Time: ${payload.expiration_time}`,
    `Not Before: ${payload.invalid_before}`,
  ].join('\n');
}
