import { type ReactElement, useState } from 'react';
import { Modal } from '../style/modal.js';
import { DEVNET_WALLET, type DiscoveredWallet } from './discovery.js';

interface ConnectDialogProps {
  readonly wallets: readonly DiscoveredWallet[];
  readonly onConnect: (wallet: DiscoveredWallet) => Promise<string | null>;
  readonly onClose: () => void;
}

export function ConnectDialog({ wallets, onConnect, onClose }: ConnectDialogProps): ReactElement {
  const [declined, setDeclined] = useState(false);
  const choose = async (wallet: DiscoveredWallet): Promise<void> => {
    setDeclined(false);
    if ((await onConnect(wallet)) === null) setDeclined(true);
    else onClose();
  };
  return (
    <Modal title="Connect a wallet" onClose={onClose}>
      {wallets.length === 0 && (
        <p className="hint">
          This browser has no wallet that announces itself. Install one, reload, and it will be listed here. You can
          also look at any address without connecting.
        </p>
      )}
      <ul className="wallets">
        {wallets.map((wallet) => (
          <li key={wallet.info.uuid}>
            <button type="button" className="wallet" onClick={() => void choose(wallet)}>
              <img src={wallet.info.icon} alt="" width={36} height={36} />
              <span>{wallet.info.name}</span>
              {wallet.info.rdns === DEVNET_WALLET && <span className="tag tag-devnet">play money</span>}
            </button>
          </li>
        ))}
      </ul>
      {declined && (
        <p className="note note-bad" role="alert">
          The wallet was not connected. Nothing has happened.
        </p>
      )}
    </Modal>
  );
}
