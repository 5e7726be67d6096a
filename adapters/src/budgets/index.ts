export { createBudgetLedger, type BudgetLedger, type CallOrigin } from './budget-ledger.js';
