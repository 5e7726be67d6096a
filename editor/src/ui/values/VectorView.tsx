import { useState, type ReactElement } from 'react';
import { MoreEntries } from './MoreEntries.js';
import { describeVector } from './read/describe-vector.js';

const firstVectors = 20;

/** The dimensions, the norm and the first numbers of each vector. */
export function VectorView({ vectors }: { readonly vectors: readonly (readonly number[])[] }): ReactElement {
  const [most, setMost] = useState(firstVectors);
  return (
    <>
      <ol className="vectors stack gap-12">
        {vectors.slice(0, most).map((vector, index) => {
          const { dimensions, length, head } = describeVector(vector);
          return (
            <li key={index} className="figure">
              <p>
                {dimensions.toLocaleString()} dimensions <span className="quiet">length {length}</span>
              </p>
              <p className="mono quiet">
                [{head}
                {dimensions > 8 ? ', …' : ''}]
              </p>
            </li>
          );
        })}
      </ol>
      <MoreEntries
        shown={most}
        all={vectors.length}
        what="vectors"
        onMore={() => setMost((before) => before + firstVectors)}
      />
    </>
  );
}
