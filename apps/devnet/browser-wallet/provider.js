/**
 * The devnet's browser wallet: an EIP-6963 provider for trying a page by hand and for its tests. It asks before it
 * connects and before it signs, as a wallet does, and says in each window that nothing here is worth anything.
 * Its keys stay with the devnet, which signs. `localStorage['devnet-wallet:no-batches']` makes it a wallet without
 * EIP-5792.
 */
(() => {
  const ENDPOINT = '/devnet-wallet/rpc';
  const ACCOUNT = 'devnet-wallet:account';
  const NO_BATCHES = 'devnet-wallet:no-batches';
  const ICON =
    'data:image/svg+xml,' +
    encodeURIComponent(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#b45309"/>' +
        '<path d="M7 11h18v12H7zM7 11l12-4v4M20 17h5" fill="none" stroke="#fff" stroke-width="2.2"/></svg>',
    );
  const STYLE = `
    dialog { font: 15px/1.5 system-ui, sans-serif; border: 0; border-radius: 16px; padding: 0; width: min(360px, 92vw);
      color: #1c1917; background: #fffbeb; box-shadow: 0 24px 80px #0008; }
    dialog::backdrop { background: #0006; }
    header { background: repeating-linear-gradient(-45deg, #b45309 0 14px, #92400e 14px 28px); color: #fff;
      padding: 12px 18px; font-weight: 650; }
    main { padding: 16px 18px; } p { margin: 0 0 10px; } code { font-size: 12px; word-break: break-all; }
    .choices { display: grid; grid-template-columns: minmax(0, 1fr); gap: 8px; } .row { display: flex; gap: 8px; margin-top: 14px; }
    button { font: inherit; padding: 9px 14px; border-radius: 10px; border: 1px solid #b45309; background: #fff;
      color: #7c2d12; cursor: pointer; flex: 1; text-align: left; }
    button:focus-visible { outline: 3px solid #f59e0b; outline-offset: 1px; }
    .row button { text-align: center; } .yes { background: #9a3412; color: #fff; }
    small { display: block; color: #57534e; overflow-wrap: anywhere; } .choices button { min-width: 0; }`;

  const listeners = new Map();
  let chainId;

  const provider = {
    isDevnetWallet: true,
    request: ({ method, params = [] }) => handle(method, params),
    on(event, listener) {
      listeners.set(event, [...(listeners.get(event) ?? []), listener]);
      return provider;
    },
    removeListener(event, listener) {
      listeners.set(
        event,
        (listeners.get(event) ?? []).filter((other) => other !== listener),
      );
      return provider;
    },
  };

  function emit(event, value) {
    for (const listener of listeners.get(event) ?? []) listener(value);
  }

  async function handle(method, params) {
    switch (method) {
      case 'eth_chainId':
        return chainId ?? firstChain();
      case 'net_version':
        return String(Number(chainId ?? (await firstChain())));
      case 'eth_accounts':
        return accounts();
      case 'eth_requestAccounts':
        return (await accounts()).length > 0 ? accounts() : choose();
      case 'wallet_requestPermissions':
        await choose();
        return [{ parentCapability: 'eth_accounts' }];
      case 'wallet_revokePermissions':
        localStorage.removeItem(ACCOUNT);
        emit('accountsChanged', []);
        return null;
      case 'wallet_switchEthereumChain':
        return switchChain(params[0].chainId);
      case 'wallet_getCapabilities':
        return batches(() => capabilities());
      case 'wallet_sendCalls':
        return batches(() => confirmed(method, params, sentence(params[0].calls.length)));
      case 'wallet_getCallsStatus':
        return batches(() => ask(method, params));
      case 'eth_sendTransaction':
        return confirmed(method, params, sentence(1));
      case 'personal_sign':
        return confirmed(method, params, 'sign a message');
      default:
        return ask(method, params);
    }
  }

  const sentence = (count) => (count === 1 ? 'send 1 call' : `send ${count} calls in one transaction`);

  function batches(work) {
    if (localStorage.getItem(NO_BATCHES) === null) return work();
    throw failure(4200, 'This wallet knows no batches.');
  }

  async function capabilities() {
    const { chainIds } = await ask('devnet_wallets');
    return Object.fromEntries(chainIds.map((id) => [id, { atomic: { status: 'supported' } }]));
  }

  async function firstChain() {
    chainId ??= (await ask('devnet_wallets')).chainIds[0];
    return chainId;
  }

  async function switchChain(wanted) {
    const { chainIds } = await ask('devnet_wallets');
    if (!chainIds.includes(wanted)) throw failure(4902, 'The devnet has no such chain.');
    chainId = wanted;
    emit('chainChanged', wanted);
    return null;
  }

  /** The account of the last visit, if the devnet still has it: a new devnet has new wallets. */
  async function accounts() {
    const account = localStorage.getItem(ACCOUNT);
    if (account === null) return [];
    const { wallets } = await ask('devnet_wallets');
    return wallets.some(({ address }) => address === account) ? [account] : [];
  }

  async function choose() {
    const { wallets } = await ask('devnet_wallets');
    const account = await dialog('Connect an account of the devnet to this page?', (add) => {
      for (const { name, address, holds } of wallets) add(name, `${address} — ${holds}`, address);
    });
    localStorage.setItem(ACCOUNT, account);
    emit('accountsChanged', [account]);
    return [account];
  }

  async function confirmed(method, params, what) {
    await dialog(`This page wants to ${what}.`, undefined);
    return ask(method, params);
  }

  async function ask(method, params = []) {
    const response = await fetch(ENDPOINT, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ method, params, ...(chainId === undefined ? {} : { chainId: Number(chainId) }) }),
    }).catch(() => undefined);
    if (!response?.ok) throw failure(-32603, 'The devnet wallet cannot be reached.');
    const { result, error } = await response.json();
    if (error) throw failure(error.code, error.message, error.data);
    return result;
  }

  function failure(code, message, data) {
    return Object.assign(new Error(message), { code, data });
  }

  /** Resolves with what was chosen; rejects with 4001 when it is declined. */
  function dialog(question, choices) {
    const host = document.createElement('devnet-wallet');
    const root = host.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const element = (name, text, parent) => {
      const made = document.createElement(name);
      if (text) made.textContent = text;
      parent.append(made);
      return made;
    };
    const window = element('dialog', '', root);
    window.setAttribute('aria-label', 'Devnet wallet');
    element('header', 'Devnet wallet · play money', window);
    const main = element('main', '', window);
    element('p', question, main);
    document.body.append(host);
    return new Promise((resolve, reject) => {
      const end = (settle, value) => {
        host.remove();
        settle(value);
      };
      const decline = () => end(reject, failure(4001, 'User rejected the request.'));
      if (choices) {
        const list = element('div', '', main);
        list.className = 'choices';
        choices((label, detail, value) => {
          const button = element('button', label, list);
          element('small', detail, button);
          button.addEventListener('click', () => end(resolve, value));
        });
      }
      const row = element('div', '', main);
      row.className = 'row';
      element('button', choices ? 'Cancel' : 'Reject', row).addEventListener('click', decline);
      if (!choices) {
        const yes = element('button', 'Approve', row);
        yes.className = 'yes';
        yes.addEventListener('click', () => end(resolve, undefined));
      }
      window.addEventListener('cancel', decline);
      window.showModal();
    });
  }

  const detail = Object.freeze({
    info: Object.freeze({
      uuid: 'a35ae9b3-6ef1-4c6d-9c5a-0d7c5f7d3e11',
      name: 'Devnet wallet',
      icon: ICON,
      rdns: 'local.chaincache.devnet',
    }),
    provider,
  });
  const announce = () => window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }));
  window.addEventListener('eip6963:requestProvider', announce);
  announce();
})();
