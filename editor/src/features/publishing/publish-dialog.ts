import { createStore } from 'zustand/vanilla';

/** Whether the publish dialog is open. Both the badge and the button open it. */
export const publishDialog = createStore<{ readonly isOpen: boolean }>(() => ({ isOpen: false }));
