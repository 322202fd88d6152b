models hazard
