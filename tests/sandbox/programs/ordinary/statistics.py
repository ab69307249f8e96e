# what: computes mean, median, deviation and quantiles of samples
# class: ordinary
# prints: mean 10.9062
# prints: deviation 2.7676
# prints: quantile 0 7.25
# prints: quantile 0.25 8.875
# prints: quantile 0.5 10.625
# prints: quantile 0.9 13.825
# prints: quantile 1 15.75

samples = [12.5, 7.25, 9.0, 15.75, 11.0, 8.5, 10.25, 13.0]


def mean(values):
    return sum(values) / len(values)


def deviation(values):
    middle = mean(values)
    return (sum((value - middle) ** 2 for value in values) / (len(values) - 1)) ** 0.5


def quantile(values, share):
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    part = place - low
    if low + 1 == len(ordered):
        return ordered[low]
    return ordered[low] * (1 - part) + ordered[low + 1] * part


log("mean", round(mean(samples), 4), "\n")
log("deviation", round(deviation(samples), 4), "\n")
for share in (0, 0.25, 0.5, 0.9, 1):
    log("quantile", share, round(quantile(samples, share), 4), "\n")
