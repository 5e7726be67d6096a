import type { ReactElement, ReactNode } from 'react';

/** One name with its value in a list of facts (`<dl className="facts">`). */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="figure">{children}</dd>
    </div>
  );
}
