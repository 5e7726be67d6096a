import type { ReactElement } from 'react';
import { useView } from '../session.js';
import { CommandPalette } from './CommandPalette.js';
import { FindNode } from './FindNode.js';
import { NodePalette } from './NodePalette.js';
import { RenameNode } from './RenameNode.js';
import { Shortcuts } from './Shortcuts.js';

/** What lies over the canvas now. */
export function Overlays(): ReactElement | null {
  const overlay = useView((state) => state.overlay);
  switch (overlay?.kind) {
    case undefined:
      return null;
    case 'palette':
      return <NodePalette overlay={overlay} />;
    case 'commands':
      return <CommandPalette />;
    case 'shortcuts':
      return <Shortcuts />;
    case 'find':
      return <FindNode />;
    case 'rename':
      return <RenameNode key={overlay.node} nodeId={overlay.node} />;
  }
}
