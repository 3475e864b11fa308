import { type ReactElement, useEffect, useState } from 'react';
import { shortAddress } from './format/amounts.js';
import { ConnectDialog } from './wallet/connect.dialog.js';
import { useWallet } from './wallet/use-wallet.js';
import { WalletView } from './wallet.view.js';
import { Welcome } from './welcome.js';

export function App(): ReactElement {
  const wallet = useWallet();
  const [connecting, setConnecting] = useState(false);
  const [looked, setLooked] = useLookedAt();
  const address = looked ?? wallet.account?.address;
  // Only the wallet that is connected can sell.
  const account =
    looked === undefined || looked.toLowerCase() === wallet.account?.address.toLowerCase() ? wallet.account : undefined;
  return (
    <div className="page">
      <header className={wallet.account ? 'top top-connected' : 'top'}>
        <a
          className="brand"
          href="/"
          aria-label="Wallet Sweep"
          onClick={(event) => (event.preventDefault(), setLooked(undefined))}
        >
          <img src="/icon.svg" alt="" width={30} height={30} />
          <span className="brand-name">Wallet Sweep</span>
        </a>
        {wallet.onDevnet && (
          <span
            className="tag tag-devnet"
            title="Balances and wallets here belong to a local devnet and are worth nothing."
          >
            devnet
          </span>
        )}
        <span className="top-space" />
        {wallet.account ? (
          <span className="account">
            <button
              type="button"
              className="button button-quiet"
              onClick={() => (setLooked(undefined), setConnecting(true))}
            >
              <span className="account-dot" aria-hidden="true" />
              <span className="hidden">Connected account: </span>
              {shortAddress(wallet.account.address)}
            </button>
            <button
              type="button"
              className="button button-bare"
              onClick={() => (setLooked(undefined), wallet.disconnect())}
            >
              Disconnect
            </button>
          </span>
        ) : (
          <button type="button" className="button" onClick={() => setConnecting(true)}>
            Connect
          </button>
        )}
      </header>
      <main>
        {looked !== undefined && account === undefined && (
          <p className="note note-line">
            You are looking at a wallet that is not connected.
            <button type="button" className="button button-bare" onClick={() => setLooked(undefined)}>
              Stop looking
            </button>
          </p>
        )}
        {address === undefined ? (
          <Welcome onConnect={() => setConnecting(true)} onLook={setLooked} />
        ) : (
          <WalletView key={address.toLowerCase()} address={address} account={account} walletName={wallet.walletName} />
        )}
      </main>
      <footer className="foot">
        Balances come from a cache that never serves what was invalidated. <a href="/docs">API</a>
      </footer>
      {connecting && (
        <ConnectDialog wallets={wallet.wallets} onConnect={wallet.connect} onClose={() => setConnecting(false)} />
      )}
    </div>
  );
}

/** The address in `?wallet=`, so that a look at a wallet can be linked to. */
function useLookedAt(): [string | undefined, (address: string | undefined) => void] {
  const [looked, setLooked] = useState(readAddress);
  useEffect(() => {
    const follow = (): void => setLooked(readAddress());
    window.addEventListener('popstate', follow);
    return () => window.removeEventListener('popstate', follow);
  }, []);
  return [
    looked,
    (address) => {
      history.pushState(null, '', address === undefined ? '/' : `/?wallet=${address}`);
      setLooked(address);
    },
  ];
}

function readAddress(): string | undefined {
  const wanted = new URLSearchParams(location.search).get('wallet') ?? '';
  return /^0x[0-9a-fA-F]{40}$/.test(wanted) ? wanted : undefined;
}
