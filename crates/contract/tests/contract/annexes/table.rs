//! The dated duties of the CCTP, as `what [entries of the register, doubts]`, each above its carriers.
//!
//! A carrier is a rule of the contract and what it must say. Days are working days and months are civil
//! unless the text says otherwise (AMB-10); `<` and "inférieur" are strict, the rest is inclusive (AMB-11).

/// Every time limit.
pub(super) const ANNEX_A: &str = "
Launch presentation and its deliverables, from the start of the contract [C-3.1.1.1-01 AMB-61]
  obligation launch-presentation = deliverable.raised launch_presentation: 10 working days after, HO, inclusive
  missing contract_dates = no value
Launch step [C-3.1.1.1-04]
  obligation launch-step = deliverable.raised launch_step: 1 month after, 24x7, inclusive
Qualification and set-up step [C-3.1.1.2-10]
  obligation setup-step = deliverable.raised setup_step: 1 month after, 24x7, inclusive
VSR step [C-3.1.1-01 AMB-60]
  obligation vsr-step = deliverable.raised vsr_step: missing vsr_duration
Extension after a rejected VSR record [C-3.1.1.3-05]
  obligation vsr-extension = deliverable.raised vsr_rejected: 1 month after, 24x7, inclusive
Second rejection: penalties of the CCAP until reservations are lifted [C-3.1.1.3-06 AMB-15]
  obligation vsr-second-rejection = deliverable.raised vsr_rejected_again: missing vsr_penalty_rule
Reversibility plan updated every year and on each change [C-3.1.2-04]
  obligation reversibility-plan = FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31: that day, 24x7, inclusive
  obligation reversibility-plan-on-change = document.raised reversibility: missing reversibility_update
COPIL documents before the committee [C-3.4.6.1-07 C-3.2.2-04 AMB-10 AMB-58]
  obligation copil-pack = committee.held copil: 3 working days before, HO, inclusive, row 2
  row 2 = copil-pack late by 1 working day, weight 2
COPIL documents after the committee [C-3.4.6.1-08 C-3.2.2-04 AMB-10 AMB-58]
  obligation copil-minutes = committee.held copil: 5 working days after, HO, inclusive, row 3
  row 3 = copil-minutes late by 1 working day, weight 4
Follow-up committee documents after the committee [C-3.4.6.1-09 C-3.2.3-06 AMB-10 AMB-58]
  obligation cosui-minutes = committee.held cosui: 3 working days after, HO, inclusive, row 4
  row 4 = cosui-minutes late by 1 working day, weight 1
P1 taken in at once, at any hour; it costs beyond the 30 min of REQ17 [C-3.7.1.2-13 C-3.7.3.4-04 AMB-23 AMB-24]
  delay P1 take_in = 0 min, costs from 30 min
  override take_in = 30 min, strictest, strict
  window P1 = taken in 24x7, treated HO
  clock take_in = incident until taken_in: priority_delay take_in, in take_in, inclusive
P1 restored [C-3.7.1.2-13 C-3.7.3.4-03 AMB-21 AMB-22]
  delay P1 restoration network_toip = 2 h
  delay P1 restoration other = 4 h
  override restoration = 2 h, strictest, strict
  window P1 = taken in 24x7, treated HO
  clock restoration = incident until restored: priority_delay restoration, in treatment, strict, pauses
P1 information: follow-up to the taskforce [C-3.7.1.2-13 AMB-04]
  delay P1 information_taskforce = 1 h
  clock information_taskforce = incident until informed_taskforce: priority_delay information_taskforce, in take_in, inclusive, majors only
  major = P1 at once, P2 by decision, told every P1 1 h P2 2 h
P1 escalated at once, both ways, at any hour [C-3.7.1.2-13 AMB-24]
  delay P1 escalation_functional = 0 min
  delay P1 escalation_hierarchical = 0 min
  escalation p1-functional = delay escalation_functional of P1, at due
  escalation p1-hierarchical = delay escalation_hierarchical of P1, at due
  window P1 = taken in 24x7, treated HO
P1 message to users [C-3.7.1.2-13 AMB-28]
  delay P1 information_users = 20 min
  clock information_users = incident until informed_users: priority_delay information_users, in take_in, inclusive
Major P1 or P2: CD13 informed [C-3.4.6.1-22 AMB-04]
  delay P1 information_customer = 15 min
  delay P2 information_customer = 15 min
  clock information_customer = incident until informed_customer: priority_delay information_customer, in take_in, inclusive, majors only
  row 17 = major incident P1 P2 over information_customer by 5 min, weight 10
P2 taken in [C-3.7.1.2-14]
  delay P2 take_in = 30 min
  window P2 = taken in HO, treated HO
  clock take_in = incident until taken_in: priority_delay take_in, in take_in, inclusive
P2 restored [C-3.7.1.2-14]
  delay P2 restoration = 4 h
  window P2 = taken in HO, treated HO
  clock restoration = incident until restored: priority_delay restoration, in treatment, strict, pauses
P2 information: follow-up to the taskforce [C-3.7.1.2-14 AMB-04]
  delay P2 information_taskforce = 2 h
  clock information_taskforce = incident until informed_taskforce: priority_delay information_taskforce, in take_in, inclusive, majors only
  major = P1 at once, P2 by decision, told every P1 1 h P2 2 h
P2 functional escalation without progress [C-3.7.1.2-14 AMB-27]
  delay P2 escalation_functional = 2 h
  escalation p2-functional = delay escalation_functional of P2, at due, unless progress
P2 hierarchical escalation [C-3.7.1.2-14]
  delay P2 escalation_hierarchical = 4 h
  escalation p2-hierarchical = delay escalation_hierarchical of P2, at due
P3 restored, escalated at D+2 [C-3.7.1.2-15 AMB-26]
  delay P3 restoration = 10 h
  delay P3 escalation_functional = 2 working days
  escalation p3-escalation = delay escalation_functional of P3, at due
  window P3 = taken in HO, treated HO
P4 restored, escalated at D+5 [C-3.7.1.2-16 AMB-26]
  delay P4 restoration = 30 h
  delay P4 escalation_functional = 5 working days
  escalation p4-escalation = delay escalation_functional of P4, at due
  window P4 = taken in HO, treated HO
Cercle 0 and central sites: GTI (REQ17) [C-3.7.3.4-04 AMB-23]
  override take_in = 30 min, strictest, strict
Cercle 0 and central sites: GTR (REQ16) [C-3.7.3.4-03 AMB-22]
  override restoration = 2 h, strictest, strict
Major incident report and review [C-3.4.6.1-23 C-3.7.1.3-01 C-3.7.1.3-03 AMB-10]
  obligation major-incident-report = incident.restored: 5 working days after, HO, inclusive, majors only, all of incident.delivered report + incident.delivered review, row 18
  row 18 = major-incident-report late by 1 working day, weight 5
Catalogue request [C-3.4.6.1-25 C-3.4.6.1-26 AMB-08]
  clock request_fulfilment = request until restored: catalogue, in fixed HO, strict, pauses
  missing catalogue_delays = no value
  row 22 = request over request_fulfilment by 2 h, weight 1
  row 23 = 80 % of request within 1 x request_fulfilment, step 1 %, by type, weight 1
  row 24 = 95 % of request within 1.5 x request_fulfilment, step 1 %, by type, weight 2
  row 25 = 100 % of request within 2 x request_fulfilment, step 1 %, by type, weight 3
Change request taken in: entered and owner named [C-3.4.6.1-27 AMB-10]
  clock change_take_in = change until owner_named: fixed 8 h, in fixed HO, inclusive
  row 26 = 100 % of change within 1 x change_take_in, step 1 %, weight 1
Change request: proposal and impact [C-3.4.6.1-28 AMB-10]
  clock change_proposal = change until proposal_and_impact_delivered: fixed 4 working days, in fixed HO, strict
  row 27 = 100 % of change within 1 x change_proposal, step 5 %, weight 3
Change request handled within the agreed delay [C-3.4.6.1-29 AMB-09]
  clock change_agreed = change until restored: agreed, in fixed HO, inclusive, pauses
  row 28 = 80 % of change within 1 x change_agreed, step 1 %, by type, weight 1
  row 29 = 100 % of change within 1.5 x change_agreed, step 1 %, by type, weight 3
Problem resolved within the delays of the convention de service [C-3.7.3.1-03 C-3.4.6.1-24 AMB-07]
  clock problem_resolution = problem until restored: by_priority, in fixed HO, inclusive, pauses
  missing problem_delays = no value
  row 19 = problem P1 over problem_resolution by 1 week, if confirmed, weight 4
  row 20 = problem P2 over problem_resolution by 1 week, if confirmed, weight 2
  row 21 = problem P3 over problem_resolution by 1 week, if confirmed, weight 1
Documents updated [C-3.4.6.1-31 C-3.7.2.1-01 AMB-10 AMB-18]
  obligation document-update = document.raised update: 2 working days after, HO, strict, row 31
  row 31 = document-update late by 1 working day, weight 10
Technical assistance resource [C-3.4.6.1-32 AMB-10 AMB-16]
  obligation assistance-resource = order.raised assistance: 3 working days after, HO, strict, row 32
  row 32 = assistance-resource late by 1 working day, weight 3
Vulnerability audit [C-3.4.6.1-33 AMB-16 AMB-17]
  obligation vulnerability-audit = order.raised audit: 1 month after, 24x7, strict, row 33
  row 33 = vulnerability-audit late by 1 day, weight 1
Hardware delivery [C-3.4.6.1-34 AMB-16]
  obligation hardware-delivery = order.raised hardware: 2 months after, 24x7, strict, row 34
  row 34 = hardware-delivery late by 1 day, weight 1
DQA elements available on the 8th [C-3.4.3-06 C-3.4.6.1-30 AMB-19]
  obligation dqa-ready = FREQ=MONTHLY;BYMONTHDAY=8: that day, 24x7, inclusive, row 30
  row 30 = dqa-ready late by 1 day, weight 7
DQA statistics published on the 10th [C-3.4.3-06 AMB-19]
  obligation dqa-published = FREQ=MONTHLY;BYMONTHDAY=10: that day, 24x7, inclusive
DQA answer speed [C-3.4.3-03 AMB-93]
  obligation dqa-answer-speed = FREQ=MONTHLY;BYMONTHDAY=10: that day, 24x7, inclusive
  label dqa-answer-speed = Commitment no 18: 80% of the month's external calls answered in less than 30 s, recorded on the 10th
Urgent studio recording, from the e-mail [C-2.3.8-02 AMB-45]
  obligation studio-urgent = request.raised studio_urgent: 48 h after, 24x7, inclusive
  item studio_recording = HO, no delay given, urgent by mail raises studio_urgent
Security fix on a serious alert [C-3.9.1-09 AMB-44]
  obligation security-patch = action.raised security_alert: 24 h after, 24x7, inclusive
Resource when no fix is known [C-3.9.1-02 AMB-45]
  obligation no-fix-resource = action.raised no_fix: 1 working day after, HO, inclusive
Preventive operation: last day to have its date changed [C-3.9.2-05 AMB-45]
  obligation preventive-reschedule = action.raised preventive_maintenance: 8 days before the agreed date, 24x7, inclusive, by the customer
End of support announced [C-3.9.4-01 AMB-79]
  obligation end-of-support-notice = action.raised end_of_support: 12 months before the agreed date, 24x7, inclusive
Warranty [C-3.9.5-01]
  obligation warranty = order.raised warranty: 2 years after, 24x7, inclusive
  label warranty = Warranty of at least two years from installation: state at its end
IPTouch phone replaced under warranty [C-3.9.5-02 AMB-75]
  obligation iptouch-replacement = order.raised rma: 2 months after, 24x7, inclusive
Report of a restore test [C-3.7.1-24 AMB-92]
  obligation restore-test-report = action.raised restore_test: 1 month after, 24x7, inclusive
Deliverable validated in two transfers at most [C-3.5.5-04 AMB-80]
  obligation deliverable-review = deliverable.raised second_transfer: missing deliverable_review
  label deliverable-review = Document deliverable validated at its second transfer: at most two transfers and reviews of reservations
GO team available (REQ12) [C-3.4.5.3-07 AMB-25]
  calendar HO = mon tue wed thu fri 08:00-18:00, holidays french_metropole
Central supervision at any hour [C-3.8-04]
  calendar 24x7 = mon tue wed thu fri sat sun 00:00-24:00, holidays none
  route incidents-at-night = to gu_noc outside HO
Service centre open [C-1.3.2-01 AMB-106]
  calendar CDS-OTHER = mon tue wed thu fri 08:00-18:00, holidays french_metropole
  calendar CDS-CALLS = mon tue wed thu fri 08:00-13:00, holidays french_metropole
";

/// The rhythm of the contract.
pub(super) const ANNEX_B: &str = "
Nightly directory synchronisation checked in the morning [C-3.7.3.8-01]
  obligation directory-sync = FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR: by 09:00, HO, inclusive, skip
Daily checks [C-3.7.1-05 C-3.4.1-06 AMB-87]
  obligation daily-checklist = FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR: by 09:00, HO, inclusive, skip
  missing checklists = no value
Weather report a little after opening [C-3.7.1-05 AMB-87]
  obligation weather-report = FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR: by 09:00, HO, inclusive, skip
Hand-over of the night and weekend at 08:00 [C-3.8-06]
  obligation handover = FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR: by 08:00, HO, inclusive, skip
Weekly check list [C-3.4.1-06 C-3.7.1-12]
  obligation weekly-checklist = FREQ=WEEKLY;BYDAY=FR: that day, HO, inclusive, previous_working_day
Monthly check list [C-3.4.1-06 C-3.7.1-12]
  obligation monthly-checklist = FREQ=MONTHLY;BYMONTHDAY=-1: that day, HO, inclusive, previous_working_day
Weekly follow-up of the initialisation [C-3.1.1-02 AMB-56]
  obligation initialisation-committee = FREQ=WEEKLY;BYDAY=TH: that day, HO, inclusive, previous_working_day
  committee initialisation = FREQ=WEEKLY;BYDAY=TH
Weekly COSUI, which decides on preventive maintenance [C-3.2.3-06 C-3.9.2-03 AMB-55]
  obligation cosui-held = FREQ=WEEKLY;BYDAY=FR: that day, HO, inclusive, previous_working_day
  committee cosui = FREQ=WEEKLY;BYDAY=TU
Weekly operations dashboard [C-3.7.1-15 AMB-20]
  obligation weekly-dashboard = FREQ=WEEKLY;BYDAY=MO: that day, HO, inclusive, next_working_day
Weekly indicator journal [C-3.4.6.1-01 AMB-20]
  obligation weekly-journal = FREQ=WEEKLY;BYDAY=MO: that day, HO, inclusive, next_working_day
Minor security alerts in weekly or monthly windows [C-3.9.1-11]
  obligation minor-alerts = FREQ=MONTHLY;BYMONTHDAY=-1: that day, 24x7, inclusive
Monthly steering journal with operations and steering indicators [C-3-02 C-3.4.5.1-12 AMB-20]
  obligation monthly-journal = FREQ=MONTHLY;BYMONTHDAY=10: that day, 24x7, inclusive
Monthly Capacity Management journal [C-3.7.2.2-07 AMB-20]
  obligation capacity-journal = FREQ=MONTHLY;BYMONTHDAY=10: that day, 24x7, inclusive
Monthly Capacity Management committee [C-3.7.2.2-08 AMB-59]
  obligation capacity-committee-held = FREQ=MONTHLY;BYMONTHDAY=-1: that day, 24x7, inclusive
  committee capacity = FREQ=MONTHLY;BYMONTHDAY=20
Monthly stock count [C-3.7.1.6-06]
  obligation stock-count = FREQ=MONTHLY;BYMONTHDAY=-1: that day, 24x7, inclusive
DQA ready on the 8th [C-3.4.3-06]
  obligation dqa-ready = FREQ=MONTHLY;BYMONTHDAY=8: that day, 24x7, inclusive, row 30
DQA published on the 10th [C-3.4.3-06]
  obligation dqa-published = FREQ=MONTHLY;BYMONTHDAY=10: that day, 24x7, inclusive
Monthly or quarterly financial and contract follow-up [C-3.2.3-03 AMB-55]
  obligation finance-follow-up-held = FREQ=MONTHLY;BYMONTHDAY=-1: that day, 24x7, inclusive
Cybersecurity committee every two months [C-3.3.1-02 AMB-54]
  obligation cocyber-held = FREQ=MONTHLY;BYMONTH=1,3,5,7,9,11;BYMONTHDAY=-1: that day, 24x7, inclusive
  committee cocyber = FREQ=MONTHLY;BYMONTH=1,3,5,7,9,11;BYMONTHDAY=10
Quarterly restore tests [C-3.7.1-24]
  obligation restore-test = FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1: that day, 24x7, inclusive
Quarterly conformity of HD13 and of the backup site [C-3.7.1-12 C-3.7.1-13 AMB-68 AMB-69]
  obligation quarterly-conformity-hd13 = FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1: that day, 24x7, inclusive
  obligation quarterly-conformity-backup = FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1: that day, 24x7, inclusive
Quarterly analysis of incidents and interventions, before the COPIL [C-3.9.1-05 AMB-47]
  obligation incident-analysis = FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=5: that day, 24x7, inclusive
  committee copil = FREQ=MONTHLY;BYMONTH=6,12;BYMONTHDAY=15, in person
Quarterly order of GO [C-1.8-08 AMB-91]
  obligation go-order = FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=15: that day, 24x7, inclusive, by the customer
Quarterly order of GT [C-1.8-09 AMB-91]
  obligation gt-order = FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=15: that day, 24x7, inclusive, by the customer
Cyber-threat register every six months [C-1.3.1-08]
  obligation threat-register = FREQ=MONTHLY;BYMONTH=6,12;BYMONTHDAY=30: that day, 24x7, inclusive, by the customer
Contractual COPIL every six months or every year [C-3.2.2-03 AMB-47]
  obligation copil-held = FREQ=MONTHLY;BYMONTH=6,12;BYMONTHDAY=30: that day, 24x7, inclusive
  committee copil = FREQ=MONTHLY;BYMONTH=6,12;BYMONTHDAY=15, in person
Finance COPIL every six months or every year [C-3.2.2-03 AMB-47]
  obligation copil-finance-held = FREQ=MONTHLY;BYMONTH=6,12;BYMONTHDAY=30: that day, 24x7, inclusive
Yearly audit of standards and plans [C-3.7.2-04]
  obligation standards-audit = FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=30: that day, 24x7, inclusive
Yearly reversibility plan [C-3.1.2-04]
  obligation reversibility-plan = FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31: that day, 24x7, inclusive
Yearly prevention plans signed (REQ11) [C-3.4.5.3-06 AMB-63]
  obligation prevention-plan = FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=31: that day, 24x7, inclusive
Yearly order of governance [C-1.8-04]
  obligation governance-order = FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=15: that day, 24x7, inclusive, by the customer
Yearly order of the single point of contact and supervision [C-1.8-10]
  obligation desk-order = FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=15: that day, 24x7, inclusive, by the customer
Yearly synchronisation of call accounting and directories [C-1.7.2-08 AMB-98]
  obligation accounting-sync = FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31: that day, 24x7, inclusive
COSTRA on demand [C-3.2.1-02 AMB-53]
  obligation costra-convened = committee.raised costra: missing on_demand_delay
  committee costra = on demand, in person
Dry-run reversibility on demand [C-3.1.1.3-04]
  obligation reversibility-dry-run = order.raised dry_run: missing on_demand_delay
Training of ISI-COM agents on demand (REQ01) [C-2.3.5-01]
  obligation training-agents = order.raised training_agents: missing on_demand_delay
Training of ISI-COM supervisors on demand (REQ02) [C-2.3.6-01 AMB-82]
  obligation training-supervisors = order.raised training_supervisors: missing on_demand_delay
Training of the service centre on demand [C-3.6.1-03]
  obligation training-cds = order.raised training_cds: missing on_demand_delay
Preventive visit of a site on demand [C-3.6.1-03 AMB-68]
  obligation preventive-visit = order.raised preventive_visit: missing on_demand_delay
Ad-hoc indicator on demand [C-3.4.6-08]
  obligation ad-hoc-indicator = order.raised indicator: missing on_demand_delay
";

/// Duties of the text that the annexes leave out: dated by agreement, by their own rhythm, or by no value.
pub(super) const BEYOND: &str = "
Transition deliverables on the date agreed in COPIL [C-3.1.1.2-04 C-3.1.1.2-05 C-3.4.6.1-06 AMB-16 AMB-62]
  obligation transition-deliverables = deliverable.agreed: the agreed date, HO, inclusive, row 1
  row 1 = transition-deliverables late by 1 working day, weight 4
COSUI support and agenda [C-3.2.3-06]
  obligation cosui-support = committee.held cosui: missing support_delay
COCYBER minutes [C-3.3.1-02]
  obligation cocyber-minutes = committee.held cocyber: missing minutes_delay
COSTRA minutes [C-3.2.1-03]
  obligation costra-minutes = committee.held costra: missing minutes_delay
Quality action on the agreed date [C-3.4.6.1-10 C-3.2.3-04 AMB-06]
  obligation quality-action = action.raised quality: the agreed date, HO, inclusive, row 5
  row 5 = quality-action late by 1 working day, weight 1
Security action on the agreed date [C-3.4.6.1-12 C-3.3.1-01 AMB-06]
  obligation security-action = action.raised security: the agreed date, HO, inclusive, row 7
  row 7 = security-action late by 1 working day, weight 1
Security assurance plan reviewed regularly [C-3.4.4-03]
  obligation pas-review = FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=30: that day, 24x7, inclusive
Obsolescence reported [C-3.7.2.2-01 AMB-79]
  obligation obsolescence-notice = action.raised obsolescence: missing obsolescence_notice
Saturation reported before performance is lost [C-3.7.2.2-02]
  obligation saturation-notice = action.raised saturation: missing saturation_notice
Stock threshold crossed [C-3.7.1.6-04]
  obligation stock-threshold = action.raised stock_threshold: missing stock_thresholds
Studio recording that is not urgent [C-2.3.8-01 AMB-45]
  obligation studio-standard = request.raised studio: missing studio_delay
  item studio_recording = HO, no delay given, urgent by mail raises studio_urgent
";
