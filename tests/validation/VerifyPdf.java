import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.validators.ValidatorFactory;

/**
 * Judges PDFs with veraPDF: a line "3a,ua1 PATH" in, a line "PASS" or "FAIL clause-test sentence; …" out.
 * One process serves many files, because starting Java costs more than judging ten of them.
 */
class VerifyPdf {
    private static final int FAILURES_TOLD = 100;
    private static final Map<String, ValidationProfile> PROFILES = new HashMap<>();

    public static void main(String[] arguments) throws IOException {
        VeraGreenfieldFoundryProvider.initialise();
        var lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = lines.readLine()) != null; ) {
            String[] asked = line.split(" ", 2);
            System.out.println(verdict(asked[0].split(","), new File(asked[1])).replaceAll("\\s+", " "));
            System.out.flush();
        }
    }

    private static String verdict(String[] flavours, File file) {
        var profiles = Arrays.stream(flavours).map(VerifyPdf::profile).collect(Collectors.toList());
        try (var parser = Foundries.defaultInstance().createParser(file, PDFAFlavour.fromString(flavours[0]));
                var validator = ValidatorFactory.createValidatorByProfiles(profiles, FAILURES_TOLD, false, false, false)) {
            List<ValidationResult> results = validator.validateAll(parser);
            boolean judged = results.size() == flavours.length
                    && results.stream().allMatch(result -> result.getTotalAssertions() > 0);
            if (judged && results.stream().allMatch(ValidationResult::isCompliant)) {
                return "PASS";
            }
            return "FAIL " + results.stream().flatMap(VerifyPdf::failures).distinct().sorted()
                    .collect(Collectors.joining("; "));
        } catch (Exception broken) {
            return "FAIL " + broken.getClass().getSimpleName() + ": " + broken.getMessage();
        }
    }

    private static Stream<String> failures(ValidationResult result) {
        return result.getTestAssertions().stream()
                .filter(tested -> tested.getStatus() == TestAssertion.Status.FAILED)
                .map(failed -> result.getPDFAFlavour() + ":" + failed.getRuleId().getClause() + "-"
                        + failed.getRuleId().getTestNumber() + " " + failed.getMessage());
    }

    /** The profile of "3a" or "ua1"; loading those of all flavours would take two seconds. */
    private static ValidationProfile profile(String flavour) {
        return PROFILES.computeIfAbsent(flavour, name -> {
            String file = name.startsWith("ua") ? "PDFUA-" + name.substring(2) : "PDFA-" + name.toUpperCase();
            try (var xml = VerifyPdf.class.getResourceAsStream("/org/verapdf/pdfa/validation/" + file + ".xml")) {
                return Profiles.profileFromXml(xml);
            } catch (Exception broken) {
                throw new IllegalStateException(name, broken);
            }
        });
    }
}
