import { useMemo, type CSSProperties, type ReactElement } from 'react';
import { typeColour } from '../../ui/icons/type-colour.js';
import { edit, connect, loopNotice, openEnds, partnersOf, type OpenEnd } from '../document/index.js';
import { useCatalog, useDocument, useSession } from '../session/index.js';
import { showToast, select, setOverlay, type LooseEdge } from '../view/index.js';
import { Picker } from '../../ui/dialogs/Picker.js';

/** Connects ports with the keyboard: the user chooses a port, then a matching one. */
export function ConnectPorts({ edge }: { readonly edge: LooseEdge | undefined }): ReactElement {
  const { documents, view } = useSession();
  const document = useDocument((state) => state.document);
  const compiled = useDocument((state) => state.compiled);
  const byType = useCatalog((state) => state.byType);
  const all = useMemo(() => {
    const state = { document, compiled };
    return edge === undefined
      ? openEnds(state, byType, view.getState().selectedNodes)
      : partnersOf(state, byType, edge);
  }, [document, compiled, byType, edge, view]);
  const close = (): void => setOverlay(view, undefined);
  const pick = (item: OpenEnd): void => {
    if (edge === undefined) {
      setOverlay(view, { kind: 'connect', edge: { end: item.id, side: item.side } });
      return;
    }
    const [from, to] = edge.side === 'output' ? [edge.end, item.id] : [item.id, edge.end];
    edit(documents, (current) => connect(current, { from, to, output: item.output, input: item.input }));
    close();
    select(view, { edges: [`${from}->${to}`] });
    showToast(view, loopNotice(documents.getState().document, `${from}->${to}`) ?? `Connected ${from} to ${to}`);
  };
  return (
    <Picker<OpenEnd>
      key={edge?.end ?? ''}
      title={
        edge === undefined
          ? 'Connect: select the first port'
          : `Connect ${edge.end} ${edge.side === 'output' ? 'to' : 'from'}`
      }
      placeholder={edge === undefined ? 'Search ports' : 'Search matching ports'}
      itemsFor={(query) =>
        all.filter((item) =>
          query
            .toLowerCase()
            .split(/\s+/)
            .every((word) => item.text.includes(word)),
        )
      }
      empty={
        edge === undefined ? 'No port has this name.' : 'No port matches. Close this, then press Tab to add a node.'
      }
      draw={(item) => (
        <>
          {/* The dot has the colour of the port's type. */}
          <span className="type-dot" style={{ '--type': typeColour(item.type) } as CSSProperties} aria-hidden />
          <span className="picker-name">
            {item.nodeTitle} · {item.port}
          </span>
          <span className="quiet picker-note">
            {item.side}, {item.type}
            {item.note === undefined ? '' : `, ${item.note}`}
          </span>
        </>
      )}
      onPick={pick}
      onClose={close}
    />
  );
}
