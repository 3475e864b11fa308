import { useId } from 'react';

interface ChoiceProps<T extends string> {
  readonly name: string;
  readonly value: T;
  readonly choose: (value: T) => void;
  readonly options: readonly (readonly [T, string])[];
}

/** One of a few, side by side: radio buttons, so that arrow keys and screen readers know what they are. */
export function Choice<T extends string>({ name, value, choose, options }: ChoiceProps<T>): React.JSX.Element {
  const group = useId();
  return (
    <fieldset className="choice">
      <legend>{name}</legend>
      {options.map(([option, label]) => (
        <label key={option}>
          <input type="radio" name={group} checked={option === value} onChange={() => choose(option)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
