import type { ReactNode, Ref } from 'react';
import { useId } from 'react';

interface PanelProps {
  readonly title: string;
  /** Where it stands on the page: a name of console.css. */
  readonly area: string;
  readonly aside?: ReactNode;
  readonly id?: string;
  readonly ref?: Ref<HTMLElement>;
  readonly children: ReactNode;
}

export function Panel({ title, area, aside, id, ref, children }: PanelProps): React.JSX.Element {
  const heading = useId();
  return (
    <section ref={ref} id={id} className={`panel ${area}`} aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        {aside !== undefined && <div className="aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}
