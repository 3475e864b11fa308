/** As much of the devnet as is used here. Its package is left out of a production install, so its types are too. */
export interface DevnetPackage {
  readonly startDevnet: (options: {
    readonly stateDir: string;
    readonly r3mes?: R3mesOptions | undefined;
  }) => Promise<LocalDevnet>;
  readonly startR3mesChain: (options: R3mesOptions & { readonly stateDir: string }) => Promise<LocalR3mesChain>;
  /** Where a devnet with this state folder keeps the R3MES chain's. */
  readonly r3mesStateDir: (stateDir: string) => string;
  readonly devnetR3mesWallet: (name: string) => string;
}

interface R3mesOptions {
  readonly chainId: string;
}

export interface LocalDevnet {
  readonly insight: { readonly url: string; readonly clientId: string };
  readonly bridge: { readonly url: string };
  readonly browserWallet: { readonly url: string };
  readonly chains: readonly { readonly chainId: number; readonly rpcUrl: string; readonly wsUrl: string }[];
  readonly r3mes: LocalR3mesChain | undefined;
  readonly wallets: readonly {
    readonly name: string;
    readonly address: string;
    readonly privateKey: string;
    readonly holds: string;
  }[];
  stop(): Promise<void>;
}

export interface LocalR3mesChain {
  readonly chainId: string;
  readonly rpcUrl: string;
  readonly apiUrl: string;
  stop(): Promise<void>;
}

const NAME: string = '@chaincache/devnet';

export async function loadDevnetPackage(): Promise<DevnetPackage> {
  return (await import(NAME)) as DevnetPackage;
}
