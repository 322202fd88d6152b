# foothold baserate against R's survival: the reference class, and mgus2 (deaths and plasma cell malignancies in monoclonal gammopathy), each
# estimate and standard error. Arguments: the program, the project's root, a folder to write to.
library(survival)
arguments <- commandArgs(trailingOnly = TRUE)
program <- arguments[1]; root <- arguments[2]; folder <- arguments[3]
failed <- FALSE

same <- function(what, ours, theirs, within = 1e-9) {
    worst <- max(abs(ours - theirs))
    if (length(ours) != length(theirs) || !is.finite(worst) || worst > within) {
        cat(what, ": differs by", worst, "\n")
        failed <<- TRUE
    }
}
estimate <- function(table, ...) {
    out <- file.path(folder, "baserate")
    status <- system2(program, shQuote(c("baserate", table, "--seed", "1", "--bootstrap", "2", "--quiet", "--out", out, ...)), stdout = FALSE)
    stopifnot(status == 0)
    sapply(c("baserate", "survival", "survival_at", "weibull"), function(name) read.csv(file.path(out, paste0(name, ".csv"))), simplify = FALSE)
}
at <- function(it, kind, cause) it$survival_at[it$survival_at$group == "all" & it$survival_at$kind == kind & it$survival_at$cause == cause, ]

# how long guests stayed after an irregular change: Kaplan-Meier, robust by host, Weibull, rate
exits <- subset(read.csv(file.path(root, "scenarios/reference/exits.csv")), use == 1)
it <- estimate(file.path(root, "scenarios/reference/exits.csv"), "--unit", "months", "--columns", "exposure=months", "--where", "use == 1")
fit <- summary(survfit(Surv(months, event) ~ 1, exits, conf.type = "log-log"), times = c(12, 24, 60))
kept <- at(it, "survival", "all")
same("survival", kept$value, fit$surv)
same("its error", kept$se, fit$std.err)
same("its lower limit", kept$ci_low, fit$lower)
same("its upper limit", kept$ci_high, fit$upper)
robust <- summary(survfit(Surv(months, event) ~ 1, exits, conf.type = "log-log", cluster = host, robust = TRUE), times = c(12, 24, 60))
same("robust lower limit", kept$robust_low, robust$lower)
same("robust upper limit", kept$robust_high, robust$upper)
weibull <- survreg(Surv(months, event) ~ 1, exits, dist = "weibull")
same("Weibull's shape", it$weibull$shape, 1 / weibull$scale, 1e-5)
same("Weibull's scale", it$weibull$scale / exp(coef(weibull)), 1, 1e-4)
same("Weibull's likelihood", it$weibull$log_likelihood, weibull$loglik[1], 1e-6)
all_time <- subset(it$baserate, cause == "all" & from == 0 & is.infinite(to))
exact <- poisson.test(sum(exits$event), sum(exits$months) / 12)
same("rate", all_time$rate, unname(exact$estimate))
same("exact limits", c(all_time$ci_low, all_time$ci_high), as.vector(exact$conf.int))

# rows that begin late: the US presence on the clock since the last change
presence <- subset(read.csv(file.path(root, "scenarios/reference/presence.csv")), threshold == 300 & since == "exit")
days <- as.numeric(as.Date(presence$end) - as.Date(presence$start))
presence$begin <- presence$entry * 12
presence$finish <- presence$begin + days / 30.4375
it <- estimate(file.path(root, "scenarios/reference/presence.csv"), "--where", "threshold == 300 && since == exit")
fit <- summary(survfit(Surv(begin, finish, event) ~ 1, subset(presence, finish > begin), conf.type = "log-log"), times = c(12, 24, 60))
same("late entries: survival", at(it, "survival", "all")$value, fit$surv)
same("late entries: its error", at(it, "survival", "all")$se, fit$std.err)

# mgus2: two causes, 1,384 rows
months <- with(mgus2, ifelse(pstat == 0, futime, ptime))
state <- with(mgus2, ifelse(pstat == 0, 2 * death, 1))
table <- file.path(folder, "mgus2.csv")
write.csv(data.frame(host = mgus2$id, sex = mgus2$sex, exposure = months, event = as.integer(state > 0), cause = c("", "pcm", "death")[state + 1]), table,
          row.names = FALSE, quote = FALSE)
times <- c(60, 120, 180, 240, 360)
it <- estimate(table, "--unit", "months", "--grid", paste(times, collapse = ","), "--by", "sex")
fit <- summary(survfit(Surv(months, factor(state, 0:2, c("none", "pcm", "death"))) ~ 1), times = times)
columns <- list(at(it, "survival", "all"), at(it, "incidence", "pcm"), at(it, "incidence", "death"))
for (k in 1:3) {
    same(paste("mgus2, state", k), columns[[k]]$value, fit$pstate[, k])
    same(paste("mgus2, error of state", k), columns[[k]]$se, fit$std.err[, k])
}
same("mgus2, at risk", columns[[1]]$at_risk, fit$n.risk[, 1])
# the wrong answer to guard against, 1 - KM with deaths as censored
single <- summary(survfit(Surv(months, state == 1) ~ 1), times = 120)
stopifnot(abs(1 - single$surv - columns[[2]]$value[2]) > 0.03)
by_sex <- subset(it$survival_at, cause == "pcm" & month == 240 & group != "all")
same("mgus2, pcm at 240 by sex", by_sex$value, c(0.104941, 0.095651), 6e-7)
quit(status = failed)
