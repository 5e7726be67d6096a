export {
  createBudgetLedger,
  type BudgetLedger,
  type BudgetRefusal,
  type CallNeeds,
  type CallOrigin,
  type Reservation,
} from './budget-ledger.js';
