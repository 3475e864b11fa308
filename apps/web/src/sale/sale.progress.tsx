import type { ReactElement } from 'react';
import type { SaleInvalidation, SaleStep, SaleStepName } from '@chaincache/react';

const TITLES: Readonly<Record<SaleStepName, string>> = {
  quote: 'Prices checked',
  wallet: 'Confirm in your wallet',
  confirm: 'Waiting for the network',
  refresh: 'Updating your balances',
};

interface SaleProgressProps {
  readonly steps: readonly SaleStep[];
  readonly invalidation: SaleInvalidation;
  readonly resumed: boolean;
}

export function SaleProgress({ steps, invalidation, resumed }: SaleProgressProps): ReactElement {
  const active = steps.find(({ state }) => state === 'active');
  return (
    <>
      {resumed && <p className="note">This sale was begun in an earlier visit. It goes on from where it was.</p>}
      <ol className="steps">
        {steps.map(({ name, state }) => (
          <li key={name} className={`step step-${state}`} aria-current={state === 'active' ? 'step' : undefined}>
            <span className="step-mark" aria-hidden="true" />
            {TITLES[name]}
            <span className="hidden">, {state}</span>
          </li>
        ))}
      </ol>
      {invalidation.status === 'running' && invalidation.attempts > 1 && (
        <p className="hint">
          Attempt {invalidation.attempts}: {invalidation.error}
        </p>
      )}
      <p className="hidden" role="status">
        {active ? TITLES[active.name] : ''}
      </p>
    </>
  );
}
